/** Which messages an entry of the journal changes, and how each is brought to what it says by now. */
import type { Mode } from '#core/domain/account.ts';
import { type AccountState, unfinished } from '#core/domain/account-state.ts';
import type { Recorded } from '#core/domain/entry.ts';
import type { MessageChange } from '#core/domain/journal-events/journal-event.ts';
import { isLine, type LineKind, messageChanges } from '#core/domain/journal-events/table.ts';
import { type Notice, type NoticePlaces, noticeOf } from '#core/domain/notices.ts';
import type { SessionDate } from '#core/domain/units.ts';
import type { Engine } from '#core/engine/engine.ts';
import type { Clock, Log, PostBook } from '#core/ports.ts';
import { announcementView } from '#core/views/announcement.ts';
import { decisionView } from '#core/views/decision.ts';
import { flattenView } from '#core/views/flatten.ts';
import { belongs, type Period, periodOf, reportsAt } from '#core/views/periods.ts';
import { proposalView } from '#core/views/plan.ts';
import { recentPeriods } from '#core/views/recent-periods.ts';
import { reportView } from '#core/views/report.ts';
import type { Incidents } from '../alerts/incidents.ts';
import type { Post } from '../post.ts';
import { alertPost } from '../posts/alert.ts';
import { announcementPost } from '../posts/announcement.ts';
import { flattenPost } from '../posts/flatten.ts';
import { linePost } from '../posts/line.ts';
import { proposalPost } from '../posts/plan.ts';
import { rebalancePost } from '../posts/rebalance.ts';
import { weekSoFarPost } from '../posts/recent-periods.ts';
import { reportPost, reportPosts } from '../posts/report.ts';
import { ORDERS_STEP, stepsOf, threadName } from '../posts/steps.ts';
import { createDashboardThread } from './dashboard-thread.ts';
import type { MessageStore } from './message-store.ts';
import { createNotices, type Notices } from './notices.ts';
import type { Late, PendingMessage } from './outbox.ts';
import { createThreads, type Threads } from './threads.ts';

/** What the messages about journal entries are made of. */
export interface EventMessagesParts {
  readonly engine: Pick<Engine, 'book' | 'observation'>;
  readonly posts: PostBook;
  readonly messageStore: MessageStore;
  readonly incidents: Pick<Incidents, 'find' | 'take'>;
  /** The machine's clock: plans expire in people's time. */
  readonly wall: Pick<Clock, 'now'>;
  readonly alertRoleId: string | undefined;
  /** Whether an automatic rebalance waits for a person; not unless given. */
  readonly needsApproval?: boolean | undefined;
  /** Where kinds of messages go that people may move; the defaults unless given. */
  readonly notify?: NoticePlaces | undefined;
  readonly log?: Log | undefined;
}

interface Making extends EventMessagesParts {
  readonly threads: Threads;
  readonly notices: Notices;
  readonly mode: () => Mode;
}

/** Gives the messages that an entry changes; has to be asked entry by entry, in order. */
export function createEventMessages(
  parts: EventMessagesParts,
): (recorded: Recorded) => readonly PendingMessage[] {
  const thread = createDashboardThread(parts);
  const making: Making = {
    ...parts,
    threads: createThreads(parts),
    notices: createNotices({ ...parts, thread }),
    mode: () => parts.engine.observation().mode,
  };
  return (recorded) => {
    const key = parts.incidents.take(recorded);
    return key === undefined
      ? messagesOf(making, recorded)
      : [incident(making, key), ...flattenBeside(making, recorded)];
  };
}

function messagesOf(making: Making, recorded: Recorded): readonly PendingMessage[] {
  const { entry } = recorded;
  if (isLine(entry)) {
    const plans = entry.kind === 'state' ? waitingPlans(making.engine.book()) : [];
    return [line(making, recorded), ...plans.flatMap((id) => answered(making, id))];
  }
  return messageChanges(entry).flatMap((change) => changed(making, change));
}

/** Whether somebody can approve them changes with the state of trading. */
function waitingPlans({ proposals }: AccountState): readonly string[] {
  return [...proposals].filter(([, { answer }]) => answer === undefined).map(([id]) => id);
}

function changed(making: Making, change: MessageChange): readonly PendingMessage[] {
  switch (change.message) {
    case 'rebalance':
      return [
        rebalance(making, change.id, change.part),
        ...flattened(making, change.id),
        ...(change.part === 'decision' ? depositLines(making) : []),
      ];
    case 'deposit':
      return depositLines(making, change.activityId);
    case 'announcement':
      return [announcement(making, change.id, change.isNew)];
    case 'order':
      return rebalanceOf(making, change.clientOrderId);
    case 'reports':
      return reportsOf(making, change.session);
    case 'plan':
      return answered(making, change.id);
    default:
      return change satisfies never;
  }
}

function line(making: Making, { entry, seq, at }: Recorded): PendingMessage {
  const make = () => linePost({ entry, seq, at }, making.mode(), making.engine.book());
  const isDeposit = entry.kind === 'activity' && entry.activity.kind === 'deposit';
  const notice = isLine(entry) && !isDeposit ? LINES[entry.kind] : undefined;
  return message(making, `line:${seq}`, make, { notice });
}

/** A decision ends what is offered below deposits, an answer that of one; only what stands is edited. */
function depositLines(making: Making, activityId?: string): readonly PendingMessage[] {
  return [...making.engine.book().deposits.values()]
    .filter(({ activity }) => activityId === undefined || activity.id === activityId)
    .filter(({ seq }) => making.posts.find(`line:${seq}`) !== undefined)
    .map(({ activity, seq, at }) =>
      line(making, { entry: { kind: 'activity', activity }, seq, at }),
    );
}

/** Acts of people are no notices: everybody sees them. */
const LINES: Readonly<Partial<Record<LineKind, Notice>>> = {
  started: 'starts',
  stopped: 'starts',
  activity: 'account',
  'corrected-close': 'account',
};

interface Said {
  readonly sound?: 'normal' | 'critical';
  /** Set where people may move it. */
  readonly notice?: Notice | undefined;
}

/** One message; nothing is sent when there is nothing to say any more. */
function message(
  { notices }: Making,
  subject: string,
  make: () => Post | undefined,
  said: Said | (() => Said) = {},
): PendingMessage {
  return {
    subject,
    tell: async (late) => {
      const post = make();
      const { sound = 'normal', notice } = typeof said === 'function' ? said() : said;
      if (post) await notices.tell(notice, subject, post, { lateFrom: late(), sound });
    },
  };
}

/** The message in the channel, edited, and in its thread the story so far. */
function rebalance(making: Making, id: string, part: string): PendingMessage {
  const { engine, messageStore, notices, threads, mode } = making;
  const subject = `rebalance:${id}`;
  const tell = async (late: Late): Promise<void> => {
    const view = decisionView(engine.book(), id, mode());
    if (!view) return;
    const post = rebalancePost(view.rebalance);
    await messageStore.upsert(subject, post, { lateFrom: late(), sound: 'normal' });
    const name = threadName(view.rebalance);
    const steps = stepsOf(view).filter(
      (step) => step.id !== ORDERS_STEP || !notices.goes('fills', 'off'),
    );
    await threads.tell({ subject, name, steps, late });
    const orders = steps.find((step) => step.id === ORDERS_STEP);
    if (orders && notices.goes('fills', 'channel'))
      await notices.tell('fills', `fills:${id}`, orders.post, { lateFrom: late(ORDERS_STEP) });
  };
  return { subject, part, tell };
}

/**
 * The card of a rebalance before it trades; once it has begun, its own message. What is announced anew
 * stands at the end of the channel, so that it rings.
 */
function announcement(making: Making, id: string, isNew: boolean): PendingMessage {
  const { engine, messageStore, mode } = making;
  const subject = `rebalance:${id}`;
  const tell = async (late: Late): Promise<void> => {
    if (engine.book().rebalances.has(id)) return rebalance(making, id, 'decision').tell(late);
    const view = announcementView(engine.book(), id, mode(), making.needsApproval ?? false);
    if (!view) return;
    if (isNew) await messageStore.takeDown(subject);
    await messageStore.upsert(subject, announcementPost(view), {
      lateFrom: late(),
      sound: 'normal',
    });
  };
  return { subject, tell };
}

function rebalanceOf(making: Making, clientOrderId: string): readonly PendingMessage[] {
  const intent = making.engine.book().managedOrders.get(clientOrderId)?.intent;
  if (!intent) return [];
  return [
    rebalance(making, intent.decisionId, ORDERS_STEP),
    ...flattened(making, intent.decisionId),
  ];
}

/** The answer to /flatten follows its orders; only where that message is known is it edited. */
function flattened(making: Making, id: string): readonly PendingMessage[] {
  const { engine, posts } = making;
  const subject = `flatten:${id}`;
  const make = (): Post | undefined => {
    const view = flattenView(engine.book(), engine.observation(), id);
    return view && flattenPost(view);
  };
  return posts.find(subject) ? [message(making, subject, make)] : [];
}

/** What a limit holds back of a flatten stands in its answer too. */
function flattenBeside(making: Making, { entry }: Recorded): readonly PendingMessage[] {
  if (entry.kind !== 'alert' && entry.kind !== 'resolved') return [];
  const running = unfinished(making.engine.book());
  return running ? flattened(making, running.decision.id) : [];
}

function incident(making: Making, key: string): PendingMessage {
  const { incidents, mode, alertRoleId } = making;
  const make = (): Post | undefined => {
    const known = incidents.find(key);
    return known && alertPost(known, mode(), alertRoleId);
  };
  return message(making, key, make, () => {
    const alert = incidents.find(key)?.alert;
    const sound = alert?.severity === 'critical' ? 'critical' : 'normal';
    return { sound, notice: alert && noticeOf(alert) };
  });
}

/** The plan itself was an answer to a command; only where that message is known is it edited. */
function answered(making: Making, id: string): readonly PendingMessage[] {
  const { engine, posts, wall } = making;
  const make = (): Post | undefined => {
    const view = proposalView(engine.book(), engine.observation(), id, wall.now());
    return view && proposalPost(view);
  };
  return posts.find(`proposal:${id}`) ? [message(making, `proposal:${id}`, make)] : [];
}

/** A week has one message: its days so far, until its report takes their place. A month has one more. */
function reportsOf(making: Making, session: SessionDate): readonly PendingMessage[] {
  const periods = reportsAt(making.engine.book(), session);
  const week = periodOf('week', session);
  const isOver = periods.some(({ key }) => key === week.key);
  return periods.flatMap((period) => {
    if (period.kind !== 'day') return [report(making, period)];
    return isOver ? [] : [weekSoFar(making, period, week)];
  });
}

const daysOf = (week: Period): string => `report:${week.key}:days`;

function weekSoFar(making: Making, day: Period, week: Period): PendingMessage {
  const { engine } = making;
  const make = (): Post | undefined => {
    const [book, source] = [engine.book(), engine.observation()];
    const view = reportView(book, day, source);
    const days = recentPeriods(book, 'day', { count: MOST_DAYS, source });
    return (
      view &&
      weekSoFarPost(
        reportPost(view),
        days.filter(({ to }) => belongs(to, week)),
      )
    );
  };
  return message(making, daysOf(week), make, { notice: 'daily' });
}

/** Sessions of a week. */
const MOST_DAYS = 5;

const REPORTS = { day: 'daily', week: 'weekly', month: 'monthly' } as const;

/** The week or the month that ends with that close or ended unreported before it. */
function report({ engine, messageStore, notices }: Making, period: Period): PendingMessage {
  const subject = `report:${period.key}`;
  return {
    subject,
    tell: async (late) => {
      const view = reportView(engine.book(), period, engine.observation());
      for (const [index, post] of (view ? reportPosts(view) : []).entries()) {
        const name = index === 0 ? subject : `${subject}#${index}`;
        await notices.tell(REPORTS[period.kind], name, post, {
          lateFrom: late(),
          sound: 'normal',
        });
      }
      if (period.kind === 'week') await messageStore.remove(daysOf(period));
    },
  };
}
