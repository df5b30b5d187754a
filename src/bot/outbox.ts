/**
 * Tells people what the journal says: in order, each thing once, however long Discord was away. What
 * was told is marked only after Discord answered; a message that was begun is found again by its
 * subject, so telling it again is an edit that changes nothing.
 */
import type { Recorded } from '#core/domain/entry.ts';
import type { Engine } from '#core/engine.ts';
import type { Clock, Journal, PostBook } from '#core/ports.ts';
import { monthView } from '#core/views/month.ts';
import { proposalView } from '#core/views/plan.ts';
import { rebalanceView } from '#core/views/rebalance.ts';
import { createIncidents } from './incidents.ts';
import type { Keeper } from './keeper.ts';
import type { Post } from './post.ts';
import { alertPost, noDecisionPost } from './posts/alert.ts';
import { linePost } from './posts/line.ts';
import { monthPost } from './posts/month.ts';
import { proposalPost } from './posts/plan.ts';
import { rebalancePost } from './posts/rebalance.ts';

export interface OutboxParts {
  readonly engine: Pick<Engine, 'book' | 'observation'>;
  readonly journal: Pick<Journal, 'since'>;
  readonly posts: PostBook;
  readonly keeper: Keeper;
  /** The machine's clock: plans expire in people's time. */
  readonly pace: Pick<Clock, 'now'>;
  readonly alertRoleId: string | undefined;
}

export interface Outbox {
  /** Tells everything that is owed. Rejects when Discord does not answer; nothing is lost then. */
  tell(): Promise<void>;
}

const BATCH = 500;

/** A message that is owed: which, and how it reads by now. */
interface Owed {
  readonly subject: string;
  readonly make: () => Post | undefined;
}

export function createOutbox(parts: OutboxParts): Outbox {
  const { engine, journal, posts, keeper, pace, alertRoleId } = parts;
  const incidents = createIncidents();

  /** Reads the entries up to `seq` that were told in an earlier run: an open trouble goes on. */
  function recall(seq: number): void {
    while (incidents.seen() < seq) {
      const batch = journal.since(incidents.seen(), Math.min(BATCH, seq - incidents.seen()));
      if (batch.length === 0) return;
      for (const recorded of batch) incidents.take(recorded);
    }
  }

  const mode = () => engine.observation().mode;
  const rebalance = (id: string): Owed => ({
    subject: `rebalance:${id}`,
    make: () => {
      const view = rebalanceView(engine.book(), id, mode());
      return view && rebalancePost(view);
    },
  });
  const rebalanceOf = (clientOrderId: string): readonly Owed[] => {
    const leg = engine.book().legs.get(clientOrderId);
    return leg ? [rebalance(leg.intent.decisionId)] : [];
  };
  const incident = (key: string): Owed => ({
    subject: key,
    make: () => {
      const known = incidents.find(key);
      return known && alertPost(known, mode(), alertRoleId);
    },
  });
  const answered = (id: string): readonly Owed[] => {
    const make = (): Post | undefined => {
      const view = proposalView(engine.book(), mode(), id, pace.now());
      return view && proposalPost(view);
    };
    // The plan itself was an answer to a command; only where that message is known is it edited.
    return posts.find(`proposal:${id}`) ? [{ subject: `proposal:${id}`, make }] : [];
  };

  /** One message a month, which each close of the books brings up to date. */
  const month = (name: string): Owed => ({
    subject: `month:${name}`,
    make: () => {
      const view = monthView(engine.book(), name);
      return view && monthPost(view, mode());
    },
  });

  /** The messages that an entry changes. */
  function owedBy(recorded: Recorded): readonly Owed[] {
    const { entry, seq, at } = recorded;
    const line = (make: () => Post | undefined): readonly Owed[] => [
      { subject: `line:${seq}`, make },
    ];
    switch (entry.kind) {
      case 'decision':
        return [rebalance(entry.decision.id)];
      case 'finished':
        return [rebalance(entry.decisionId)];
      case 'intent':
        return [rebalance(entry.intent.decisionId)];
      case 'order':
        return rebalanceOf(entry.order.clientOrderId);
      case 'sending':
      case 'refused':
      case 'unknown':
      case 'fill':
        return rebalanceOf(entry.clientOrderId);
      case 'no-decision':
        return line(() => noDecisionPost(entry.outcome, entry.cause, at, mode()));
      case 'started':
      case 'stopped':
      case 'state':
      case 'external-fill':
      case 'activity':
      case 'adjustment':
      case 'adopted-order':
        return line(() => linePost(recorded, mode()));
      case 'equity':
        return [month(entry.point.session.slice(0, 7))];
      case 'answer':
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
      case 'pause':
      case 'withdrawn':
      case 'meant':
      case 'approval':
        return [];
      default:
        return entry satisfies never;
    }
  }

  /** In the order of their first entry; a message that many entries change is told once. */
  function owedBatch(batch: readonly Recorded[]): readonly Owed[] {
    const owed = new Map<string, Owed>();
    for (const recorded of batch) {
      const key = incidents.take(recorded);
      const all = key === undefined ? owedBy(recorded) : [incident(key)];
      for (const each of all) if (!owed.has(each.subject)) owed.set(each.subject, each);
    }
    return [...owed.values()];
  }

  async function tellOne({ subject, make }: Owed): Promise<void> {
    const post = make();
    if (post) await keeper.put(subject, post);
  }

  async function tell(): Promise<void> {
    recall(posts.told());
    for (;;) {
      const batch = journal.since(posts.told(), BATCH);
      const last = batch.at(-1);
      if (!last) return;
      for (const owed of owedBatch(batch)) await tellOne(owed);
      posts.markTold(last.seq);
    }
  }

  return { tell };
}
