/**
 * Tells people what the journal says: in order, each thing once, however long Discord was away. What
 * was told is marked only after Discord answered; a message that was begun is found again by its
 * subject, so telling it again is an edit that changes nothing.
 */
import type { Recorded } from '#core/domain/entry.ts';
import type { Journal } from '#core/ports.ts';
import type { Lateness } from './delay.ts';
import { createOwing, type Late, type MessagesParts, type Owed } from './event-messages.ts';
import { createIncidents, type Incidents } from './incidents.ts';
import { createTurns } from './serial-queue.ts';

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

  /**
   * In the order of their first entry; a message that many entries change is told once. It is as late
   * as its first entry, and a part of it as the last one that changed the part.
   */
  function owedBatch(batch: readonly Recorded[]): readonly (readonly [Owed, Late])[] {
    const owed = new Map<string, readonly [Owed, Late]>();
    const lastOf = new Map<string, Recorded>();
    for (const recorded of batch) {
      for (const each of owedBy(recorded)) {
        const { subject, part } = each;
        if (part !== undefined) lastOf.set(`${subject} ${part}`, recorded);
        const late: Late = (of) => lateness?.lateFrom(lastOf.get(`${subject} ${of}`) ?? recorded);
        if (!owed.has(subject)) owed.set(subject, [each, late]);
      }
    }
    return [...owed.values()];
  }

  async function tell(): Promise<void> {
    recall(posts.told());
    for (;;) {
      const batch = journal.since(posts.told(), BATCH);
      const last = batch.at(-1);
      if (!last) return;
      for (const [owed, late] of owedBatch(batch)) await owed.tell(late);
      posts.markTold(last.seq);
    }
  }

  // Before anybody asks which troubles are open: what was told is known, told again or not.
  recall(posts.told());
  const inTurn = createTurns();
  return { tell: () => inTurn(tell) };
}
