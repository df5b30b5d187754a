/** Which messages a journal entry changes, and how each is updated. */
import type { Mode } from '#core/domain/account.ts';
import { type AccountState, unfinished } from '#core/domain/account-state.ts';
import { isFlatten } from '#core/domain/decision.ts';
import type { Entry, Recorded } from '#core/domain/entry.ts';
import type { MessageChange } from '#core/domain/journal-events/journal-event.ts';
import { isLine, type LineKind, messageChanges } from '#core/domain/journal-events/table.ts';
import { type Notice, type NoticePlaces, noticeOf } from '#core/domain/notices.ts';
import type { SessionDate } from '#core/domain/units.ts';
import type { Log, PostBook } from '#core/ports.ts';
import { decisionView } from '#core/views/decision.ts';
import { belongs, isLast, type Period, periodOf, reportsAt } from '#core/views/periods.ts';
import { reportView } from '#core/views/report.ts';
import type { Incidents } from '../alerts/incidents.ts';
import type { Post } from '../post.ts';
import { linePost } from '../posts/line.ts';
import { weekSoFarPost } from '../posts/recent-periods.ts';
import { reportPost, reportPosts } from '../posts/report.ts';
import { ORDERS_STEP, stepsOf, threadName } from '../posts/steps.ts';
import { type CardParts, cardPost } from './cards.ts';
import { createDashboardThread } from './dashboard-thread.ts';
import type { MessageStore } from './message-store.ts';
import { createNotices, type Notices } from './notices.ts';
import { openCards } from './open-cards.ts';
import type { LateSince, PendingMessage } from './outbox.ts';
import { createThreads, type Threads } from './threads.ts';

/** Dependencies of createEventMessages. */
export interface EventMessagesParts extends CardParts {
  readonly posts: PostBook;
  readonly messageStore: MessageStore;
  readonly incidents: Pick<Incidents, 'find' | 'take'>;
  /** Where each configurable kind of message goes; defaults if omitted. */
  readonly notify?: NoticePlaces | undefined;
  readonly log?: Log | undefined;
}

interface Making extends EventMessagesParts {
  readonly threads: Threads;
  readonly notices: Notices;
  readonly mode: () => Mode;
}

/** Returns the messages that an entry changes; must be called for each entry in order. */
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
      : [incident(making, key), ...flattenLimitMessages(making, recorded)];
  };
}

function messagesOf(making: Making, recorded: Recorded): readonly PendingMessage[] {
  const { entry } = recorded;
  if (isLine(entry)) {
    return [line(making, recorded), ...changedByLine(making, entry)];
  }
  return messageChanges(entry).flatMap((change) => changed(making, change));
}

/** The trading state determines the buttons of all cards; a withdrawal may end the offers of deposits. */
function changedByLine(making: Making, { kind }: Entry): readonly PendingMessage[] {
  if (kind === 'activity') return depositLines(making);
  if (kind !== 'state' && kind !== 'pause') return [];
  return openCards(making.posts).flatMap((subject) => standing(making, subject));
}

function changed(making: Making, change: MessageChange): readonly PendingMessage[] {
  switch (change.message) {
    case 'rebalance':
      return [
        rebalance(making, change.id, change.part),
        ...(change.part === 'decision' ? depositLines(making) : []),
      ];
    case 'deposit':
      return depositLines(making, change.activityId);
    case 'announcement':
      return [announcement(making, change.id, change.isNew)];
    case 'order':
      return rebalanceOf(making, change.clientOrderId);
    case 'reports':
      return [...reportsOf(making, change.session), ...lastRebalanceAgain(making)];
    case 'plan':
      return standing(making, `proposal:${change.id}`);
    default:
      return change satisfies never;
  }
}

function line(making: Making, { entry, seq, at }: Recorded): PendingMessage {
  const make = () =>
    isToldByFlatten(making.engine.book(), seq)
      ? undefined
      : linePost({ entry, seq, at }, making.mode(), making.engine.book());
  const isDeposit = entry.kind === 'activity' && entry.activity.kind === 'deposit';
  const notice = isLine(entry) && !isDeposit ? LINES[entry.kind] : undefined;
  return message(making, `line:${seq}`, make, { notice });
}

/** A flatten's own message reports its stop of buying, once there is one. */
function isToldByFlatten({ rebalances }: AccountState, seq: number): boolean {
  return [...rebalances.values()].some(({ asked }) => asked?.seq === seq);
}

/**
 * A decision ends the offers below all deposits, a withdrawal may, an answer ends that of one; only existing
 * messages are edited.
 */
function depositLines(making: Making, activityId?: string): readonly PendingMessage[] {
  return [...making.engine.book().deposits.values()]
    .filter(({ activity }) => activityId === undefined || activity.id === activityId)
    .flatMap(({ seq }) => standing(making, `line:${seq}`));
}

/** Actions of people are not configurable: everyone sees them. */
const LINES: Readonly<Partial<Record<LineKind, Notice>>> = {
  started: 'starts',
  stopped: 'starts',
  activity: 'account',
  'corrected-close': 'account',
};

interface Said {
  readonly sound?: 'normal' | 'critical';
  /** Set if its place can be configured. */
  readonly notice?: Notice | undefined;
}

/** One message; nothing is sent when its content no longer exists. */
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

/** The message in the channel, and the steps so far in its thread; a flatten is one message. */
function rebalance(making: Making, id: string, part: string): PendingMessage {
  const { engine, messageStore, notices, threads, mode } = making;
  const subject = `rebalance:${id}`;
  const tell = async (late: LateSince): Promise<void> => {
    const view = decisionView(engine.book(), id, mode());
    const post = view && cardPost(making, subject);
    if (!view || !post) return;
    // An approved plan becomes its rebalance: one card.
    messageStore.takeOver(subject, `proposal:${id}`);
    await messageStore.upsert(subject, post, { lateFrom: late(), sound: 'normal' });
    if (isFlatten(view.record)) {
      const seq = engine.book().rebalances.get(id)?.asked?.seq;
      if (seq !== undefined) await messageStore.remove(`line:${seq}`);
      return;
    }
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
 * The card of a rebalance before it trades; later its own message. A new announcement is sent again at the
 * end of the channel, so that it makes a sound.
 */
function announcement(making: Making, id: string, isNew: boolean): PendingMessage {
  const { engine, messageStore } = making;
  const subject = `rebalance:${id}`;
  const tell = async (late: LateSince): Promise<void> => {
    if (engine.book().rebalances.has(id)) return rebalance(making, id, 'decision').tell(late);
    const post = cardPost(making, subject);
    if (!post) return;
    if (isNew) await messageStore.deleteForResend(subject);
    await messageStore.upsert(subject, post, { lateFrom: late(), sound: 'normal' });
  };
  return { subject, tell };
}

function rebalanceOf(making: Making, clientOrderId: string): readonly PendingMessage[] {
  const intent = making.engine.book().managedOrders.get(clientOrderId)?.intent;
  if (!intent) return [];
  return [rebalance(making, intent.decisionId, ORDERS_STEP)];
}

/** Answers to commands and delivered messages: edited only if the message exists. */
function standing(making: Making, subject: string): readonly PendingMessage[] {
  if (making.messageStore.idOf(subject) === undefined) return [];
  return [message(making, subject, () => cardPost(making, subject))];
}

/**
 * With each close the card of the last rebalance is edited although it did not change: a process that was
 * frozen, or ran on a damaged journal, may have been the last to edit it. One that was deleted stays so.
 */
function lastRebalanceAgain(making: Making): readonly PendingMessage[] {
  const { engine, messageStore } = making;
  const id = [...engine.book().rebalances.keys()].at(-1);
  if (id === undefined) return [];
  const subject = `rebalance:${id}`;
  if (messageStore.idOf(subject) === undefined) return [];
  const tell = async (): Promise<void> => {
    const post = cardPost(making, subject);
    if (!post || (await messageStore.check(subject, false)) === 'gone') return;
    messageStore.forget(subject);
    await messageStore.upsert(subject, post);
  };
  return [{ subject, part: 'again', tell }];
}

/** The message of a flatten also shows the part that a limit delays. */
function flattenLimitMessages(making: Making, { entry }: Recorded): readonly PendingMessage[] {
  if (entry.kind !== 'alert' && entry.kind !== 'resolved') return [];
  const running = unfinished(making.engine.book());
  return running && isFlatten(running.decision)
    ? standing(making, `rebalance:${running.decision.id}`)
    : [];
}

function incident(making: Making, key: string): PendingMessage {
  return message(
    making,
    key,
    () => cardPost(making, key),
    () => {
      const alert = making.incidents.find(key)?.alert;
      const sound = alert?.severity === 'critical' ? 'critical' : 'normal';
      return { sound, notice: alert && noticeOf(alert) };
    },
  );
}

/** A week has one message: its days so far, until its report replaces them. A month has a second one. */
function reportsOf(making: Making, session: SessionDate): readonly PendingMessage[] {
  return reportsAt(making.engine.book(), session).map((period) =>
    period.kind === 'day' ? weekSoFar(making, periodOf('week', session)) : report(making, period),
  );
}

const daysOf = (week: Period): string => `report:${week.key}:days`;

/** Ends with the latest close, whichever close the message reports: an earlier one may be corrected or checked. */
function weekSoFar(making: Making, week: Period): PendingMessage {
  const { engine } = making;
  const make = (): Post | undefined => {
    const [book, source] = [engine.book(), engine.observation()];
    const last = book.equity.at(-1)?.session;
    if (last === undefined || !belongs(last, week) || isLast('week', last)) return undefined;
    const days = book.equity
      .slice(-MAX_DAYS)
      .filter(({ session }) => belongs(session, week))
      .flatMap(({ session }) => reportView(book, periodOf('day', session), source) ?? [])
      .reverse();
    const [view] = days;
    return view && weekSoFarPost(reportPost(view), days);
  };
  return message(making, daysOf(week), make, { notice: 'daily' });
}

/** Sessions per week. */
const MAX_DAYS = 5;

const REPORTS = { day: 'daily', week: 'weekly', month: 'monthly' } as const;

/** The week or month that ends with that close, or ended before it without a report. */
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
