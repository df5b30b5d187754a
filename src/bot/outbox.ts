/**
 * Tells people what the journal says: in order, each thing once, however long Discord was away. What
 * was told is marked only after Discord answered; a message that was begun is found again by its
 * subject, so telling it again is an edit that changes nothing.
 */
import type { Recorded } from '#core/domain/entry.ts';
import type { Journal } from '#core/ports.ts';
import { createIncidents, type Incidents } from './incidents.ts';
import type { Lateness } from './lateness.ts';
import { createOwing, type MessagesParts, type Owed } from './owed.ts';
import { createTurns } from './turns.ts';

export interface OutboxParts extends MessagesParts {
  readonly journal: Pick<Journal, 'since'>;
  /** Its own unless given. */
  readonly incidents?: Incidents | undefined;
  /** Nothing is late unless given. */
  readonly lateness?: Pick<Lateness, 'lateFrom'> | undefined;
}

export interface Outbox {
  /** Tells everything that is owed. Rejects when Discord does not answer; nothing is lost then. */
  tell(): Promise<void>;
}

const BATCH = 500;

export function createOutbox(parts: OutboxParts): Outbox {
  const { journal, posts, lateness, incidents = createIncidents() } = parts;
  const owedBy = createOwing(parts, incidents);

  /** Reads the entries up to `seq` that were told in an earlier run: an open trouble goes on. */
  function recall(seq: number): void {
    while (incidents.seen() < seq) {
      const batch = journal.since(incidents.seen(), Math.min(BATCH, seq - incidents.seen()));
      if (batch.length === 0) return;
      for (const recorded of batch) incidents.take(recorded);
    }
  }

  /** In the order of their first entry; a message that many entries change is told once. */
  function owedBatch(batch: readonly Recorded[]): readonly (readonly [Owed, Recorded])[] {
    const owed = new Map<string, readonly [Owed, Recorded]>();
    for (const recorded of batch) {
      for (const each of owedBy(recorded))
        if (!owed.has(each.subject)) owed.set(each.subject, [each, recorded]);
    }
    return [...owed.values()];
  }

  async function tell(): Promise<void> {
    recall(posts.told());
    for (;;) {
      const batch = journal.since(posts.told(), BATCH);
      const last = batch.at(-1);
      if (!last) return;
      for (const [owed, first] of owedBatch(batch)) await owed.tell(lateness?.lateFrom(first));
      posts.markTold(last.seq);
    }
  }

  // Before anybody asks which troubles are open: what was told is known, told again or not.
  recall(posts.told());
  const inTurn = createTurns();
  return { tell: () => inTurn(tell) };
}
