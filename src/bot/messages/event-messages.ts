/** Which messages an entry of the journal changes, and how each is brought to what it says by now. */
import type { Recorded } from '#core/domain/entry.ts';
import type { OrderIntent } from '#core/domain/order.ts';
import type { EpochMs, SessionDate } from '#core/domain/units.ts';
import type { Engine } from '#core/engine/engine.ts';
import type { Clock, Log, PostBook } from '#core/ports.ts';
import { decisionView } from '#core/views/decision.ts';
import { type Period, reportsAt } from '#core/views/periods.ts';
import { proposalView } from '#core/views/plan.ts';
import { rebalanceView } from '#core/views/rebalance.ts';
import { reportView } from '#core/views/report.ts';
import type { Post } from '../post.ts';
import { alertPost } from '../posts/alert.ts';
import { linePost } from '../posts/line.ts';
import { proposalPost } from '../posts/plan.ts';
import { rebalancePost } from '../posts/rebalance.ts';
import { reportPosts } from '../posts/report.ts';
import { donePost, orderStep, stepsOf, threadName } from '../posts/steps.ts';
import type { Incidents } from './incidents.ts';
import type { Keeper, PutOptions } from './message-store.ts';
import { createThreads } from './threads.ts';

export interface MessagesParts {
  readonly engine: Pick<Engine, 'book' | 'observation'>;
  readonly posts: PostBook;
  readonly keeper: Keeper;
  /** The machine's clock: plans expire in people's time. */
  readonly pace: Pick<Clock, 'now'>;
  readonly alertRoleId: string | undefined;
  readonly log?: Log | undefined;
}

/** A message that is owed: which, and how it is brought to what it says by now. */
export interface Owed {
  readonly subject: string;
  /** What the entry changes of it; a message of many has parts that become so one after the other. */
  readonly part?: string | undefined;
  readonly tell: (late: Late) => Promise<void>;
}

/** The instant of what is told, or of a part of it, when it comes too late. */
export type Late = (part?: string) => EpochMs | undefined;

interface Messages {
  readonly mode: () => ReturnType<Engine['observation']>['mode'];
  readonly book: Engine['book'];
  readonly line: (seq: number, make: () => Post | undefined) => readonly Owed[];
  readonly rebalance: (id: string, part: string) => Owed;
  readonly rebalanceBy: (intent: OrderIntent) => Owed;
  readonly rebalanceOf: (clientOrderId: string) => readonly Owed[];
  readonly done: (id: string) => Owed;
  readonly incident: (key: string) => Owed;
  readonly answered: (id: string) => readonly Owed[];
  readonly reports: (session: SessionDate) => readonly Owed[];
}

function createMessages(parts: MessagesParts, incidents: Pick<Incidents, 'find'>): Messages {
  const { engine, posts, keeper, pace, alertRoleId, log } = parts;
  const threads = createThreads({ keeper, posts, log });
  const mode = () => engine.observation().mode;
  /** One message; nothing when there is nothing to say any more. */
  const message = (
    subject: string,
    make: () => Post | undefined,
    sound: () => NonNullable<PutOptions['sound']> = () => 'normal',
  ): Owed => ({
    subject,
    tell: async (late) => {
      const post = make();
      if (post) await keeper.put(subject, post, { lateFrom: late(), sound: sound() });
    },
  });

  /** The message in the channel, edited, and in its thread the story so far. */
  const rebalance = (id: string, part: string): Owed => {
    const subject = `rebalance:${id}`;
    const tellStory = async (late: Late): Promise<void> => {
      const view = decisionView(engine.book(), id, mode());
      if (!view) return;
      const post = rebalancePost(view.rebalance);
      await keeper.put(subject, post, { lateFrom: late(), sound: 'silent' });
      const name = threadName(view.rebalance);
      await threads.tell({ subject, name, steps: stepsOf(view), late });
    };
    return { subject, part, tell: tellStory };
  };
  const done = (id: string): Owed =>
    message(`done:${id}`, () => {
      const view = rebalanceView(engine.book(), id, mode());
      return view && donePost(view);
    });
  const rebalanceBy = (intent: OrderIntent): Owed =>
    rebalance(intent.decisionId, orderStep(intent));
  const rebalanceOf = (clientOrderId: string): readonly Owed[] => {
    const managed = engine.book().managedOrders.get(clientOrderId);
    return managed ? [rebalanceBy(managed.intent)] : [];
  };
  const incident = (key: string): Owed => {
    const make = (): Post | undefined => {
      const known = incidents.find(key);
      return known && alertPost(known, mode(), alertRoleId);
    };
    const isCritical = (): boolean => incidents.find(key)?.alert.severity === 'critical';
    return message(key, make, () => (isCritical() ? 'critical' : 'normal'));
  };
  const answered = (id: string): readonly Owed[] => {
    const make = (): Post | undefined => {
      const view = proposalView(engine.book(), mode(), id, pace.now());
      return view && proposalPost(view);
    };
    // The plan itself was an answer to a command; only where that message is known is it edited.
    return posts.find(`proposal:${id}`) ? [message(`proposal:${id}`, make)] : [];
  };
  const report = (period: Period): Owed => ({
    subject: `report:${period.key}`,
    tell: async (late) => {
      const view = reportView(engine.book(), period, mode());
      for (const [index, post] of (view ? reportPosts(view) : []).entries()) {
        const subject = index === 0 ? `report:${period.key}` : `report:${period.key}#${index}`;
        await keeper.put(subject, post, { lateFrom: late(), sound: 'normal' });
      }
    },
  });
  /** The day's line, and the week and the month that end with it, or ended unreported before it. */
  const reports = (session: SessionDate): readonly Owed[] =>
    reportsAt(engine.book(), session).map(report);

  return {
    mode,
    book: engine.book,
    line: (seq, make) => [message(`line:${seq}`, make)],
    rebalance,
    rebalanceBy,
    rebalanceOf,
    done,
    incident,
    answered,
    reports,
  };
}

/** Asked entry by entry, in order. */
export function createOwing(
  parts: MessagesParts,
  incidents: Pick<Incidents, 'find' | 'take'>,
): (recorded: Recorded) => readonly Owed[] {
  const messages = createMessages(parts, incidents);
  return (recorded) => {
    const key = incidents.take(recorded);
    return key === undefined ? owedBy(recorded, messages) : [messages.incident(key)];
  };
}

/** The messages that an entry changes. */
function owedBy(recorded: Recorded, messages: Messages): readonly Owed[] {
  const { mode, book, rebalance, rebalanceBy, rebalanceOf, done, answered, reports } = messages;
  const { entry, seq } = recorded;
  const line = (make: () => Post | undefined) => messages.line(seq, make);
  switch (entry.kind) {
    case 'decision':
      return [rebalance(entry.decision.id, 'decision')];
    case 'finished':
      return [rebalance(entry.decisionId, 'result'), done(entry.decisionId)];
    case 'intent':
      return [rebalanceBy(entry.intent)];
    case 'order':
      return rebalanceOf(entry.order.clientOrderId);
    case 'sending':
    case 'refused':
    case 'unknown':
    case 'fill':
    case 'cancel-requested':
      return rebalanceOf(entry.clientOrderId);
    case 'started':
    case 'stopped':
    case 'state':
    case 'activity':
    case 'adjustment':
    case 'recovered-order':
    case 'missed-closes':
    case 'pause':
    case 'intentional-trade':
      return line(() => linePost(recorded, mode(), book()));
    case 'equity':
      return reports(entry.point.session);
    case 'answer':
      // The press has put the new plan into the same message.
      return entry.answer === 'replaced' ? [] : answered(entry.proposalId);
    case 'approval':
      return answered(entry.proposalId);
    case 'alert':
    case 'resolved':
    case 'regime':
    case 'account':
    case 'baseline':
    case 'proposal':
    case 'command':
    case 'outcome':
    case 'acknowledged':
    // Each comes with an alert that says the same, is counted and is closed again.
    case 'no-decision':
    case 'external-fill':
      return [];
    default:
      return entry satisfies never;
  }
}
