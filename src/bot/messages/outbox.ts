/**
 * Tells people what the journal says: in order, each thing once, however long Discord was away. What
 * was told is marked only after Discord answered; a message that was begun is found again by its
 * subject, so telling it again is an edit that changes nothing.
 */
import type { Recorded } from '#core/domain/entry.ts';
import type { EpochMs } from '#core/domain/units.ts';
import type { Clock, Journal, PostBook } from '#core/ports.ts';
import { createSerialQueue } from './serial-queue.ts';

/** A message that an entry changes: which, and how it is brought to what it says by now. */
export interface PendingMessage {
  readonly subject: string;
  /** What the entry changes of it; a message of many has parts that become so one after the other. */
  readonly part?: string | undefined;
  readonly tell: (late: LateSince) => Promise<void>;
}

/** The instant of what is told, or of a part of it, when it comes too late. */
export type LateSince = (part?: string) => EpochMs | undefined;

/** What an outbox needs. */
export interface OutboxParts {
  readonly journal: Pick<Journal, 'since'>;
  readonly posts: Pick<PostBook, 'told' | 'markTold'>;
  /** What follows the entries, in order, and the last one that it took. */
  readonly incidents: { take(recorded: Recorded): unknown; seen(): number };
  /** The messages that an entry changes; asked entry by entry, in order. */
  readonly messagesOf: (recorded: Recorded) => readonly PendingMessage[];
  /** Nothing is late unless given. */
  readonly lateness?: Pick<Lateness, 'lateFrom'> | undefined;
  /** Shared with whatever else edits the same messages; its own unless given. */
  readonly inOrder?: ReturnType<typeof createSerialQueue>;
}

/** Everything that the journal holds and people were not told yet. */
export interface Outbox {
  /** Tells everything that is waiting. Rejects when Discord does not answer; nothing is lost then. */
  tell(): Promise<void>;
}

const BATCH = 500;

/** Makes the outbox, and reads the entries that were told in earlier runs for open incidents. */
export function createOutbox(parts: OutboxParts): Outbox {
  const { journal, posts, incidents } = parts;

  /** Reads the entries up to `seq` that were told in an earlier run: an open incident goes on. */
  function recall(seq: number): void {
    while (incidents.seen() < seq) {
      const batch = journal.since(incidents.seen(), Math.min(BATCH, seq - incidents.seen()));
      if (batch.length === 0) return;
      for (const recorded of batch) incidents.take(recorded);
    }
  }

  async function tell(): Promise<void> {
    recall(posts.told());
    for (;;) {
      const batch = journal.since(posts.told(), BATCH);
      const last = batch.at(-1);
      if (!last) return;
      for (const [message, late] of inOrderOfEntries(parts, batch)) await message.tell(late);
      posts.markTold(last.seq);
    }
  }

  // Before anybody asks which incidents are open: what was told is known, told again or not.
  recall(posts.told());
  const { inOrder = createSerialQueue() } = parts;
  return { tell: () => inOrder(tell) };
}

/**
 * In the order of their first entry; a message that many entries change is told once. It is as late
 * as its first entry, and a part of it as the last one that changed the part.
 */
function inOrderOfEntries(
  { messagesOf, lateness }: Pick<OutboxParts, 'messagesOf' | 'lateness'>,
  batch: readonly Recorded[],
): readonly (readonly [PendingMessage, LateSince])[] {
  const pending = new Map<string, readonly [PendingMessage, LateSince]>();
  const lastOf = new Map<string, Recorded>();
  for (const recorded of batch) {
    for (const each of messagesOf(recorded)) {
      const { subject, part } = each;
      if (part !== undefined) lastOf.set(`${subject} ${part}`, recorded);
      const late: LateSince = (of) =>
        lateness?.lateFrom(lastOf.get(`${subject} ${of ?? ''}`) ?? recorded);
      if (!pending.has(subject)) pending.set(subject, [each, late]);
    }
  }
  return [...pending.values()];
}

/** When a message had to be told, in people's time: two minutes after that it comes too late. */
export interface Lateness {
  /** The entry was recorded just now. */
  note(seq: number): void;
  /** The instant of the entry, when telling it now is too late; undefined when it is in time. */
  lateFrom(recorded: Recorded): EpochMs | undefined;
}

const IN_TIME_MS = 2 * 60_000;
/** More than that never wait at once in a run that is well. */
const MAX_KEPT = 100_000;

/** `before`: the last entry of earlier runs; what they left undelivered is late. */
export function createLateness(wall: Pick<Clock, 'now'>, before: number): Lateness {
  const recordedAt = new Map<number, EpochMs>();
  return {
    note: (seq) => {
      recordedAt.set(seq, wall.now());
      const [oldest] = recordedAt.keys();
      if (recordedAt.size > MAX_KEPT && oldest !== undefined) recordedAt.delete(oldest);
    },
    lateFrom: ({ seq, at }) => {
      const since = recordedAt.get(seq);
      const inTime = since === undefined ? seq > before : wall.now() <= since + IN_TIME_MS;
      return inTime ? undefined : at;
    },
  };
}
