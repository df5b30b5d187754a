/**
 * Delivers journal entries to people: in order, each once, however long Discord was away. An entry counts
 * as delivered only after Discord answered; a message whose sending was interrupted is found by its
 * subject, so that delivering it again is an edit without changes.
 */
import type { Recorded } from '#core/domain/entry.ts';
import type { EpochMs } from '#core/domain/units.ts';
import type { Clock, Journal, PostBook } from '#core/ports.ts';
import { createSerialQueue } from './serial-queue.ts';

/** A message that an entry changes, and how to update it. */
export interface PendingMessage {
  readonly subject: string;
  /** The part of the message that the entry changes; parts are updated one after the other. */
  readonly part?: string | undefined;
  readonly tell: (late: LateSince) => Promise<void>;
}

/** The original instant of a message or one of its parts, when it is delivered late. */
export type LateSince = (part?: string) => EpochMs | undefined;

/** Dependencies of createOutbox. */
export interface OutboxParts {
  readonly journal: Pick<Journal, 'since'>;
  readonly posts: Pick<PostBook, 'told' | 'markTold'>;
  /** Applies the entries in order; `seen` returns the last one. */
  readonly incidents: { take(recorded: Recorded): unknown; seen(): number };
  /** Messages that an entry changes; called for each entry in order. */
  readonly messagesOf: (recorded: Recorded) => readonly PendingMessage[];
  /** If omitted, nothing counts as late. */
  readonly lateness?: Pick<Lateness, 'lateFrom'> | undefined;
  /** Shared with other code that edits the same messages; its own queue if omitted. */
  readonly inOrder?: ReturnType<typeof createSerialQueue>;
}

/** All journal entries that have not been delivered yet. */
export interface Outbox {
  /** Delivers all pending entries. Rejects when Discord does not answer; nothing is lost then. */
  tell(): Promise<void>;
}

const BATCH = 500;

/** Creates the outbox; reads the entries delivered in earlier runs to find open incidents. */
export function createOutbox(parts: OutboxParts): Outbox {
  const { journal, posts, incidents } = parts;

  /** Reads the entries up to `seq` that were delivered in an earlier run: open incidents continue. */
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

  // Before anyone asks for open incidents: read the entries that were already delivered.
  recall(posts.told());
  const { inOrder = createSerialQueue() } = parts;
  return { tell: () => inOrder(tell) };
}

/**
 * In the order of their first entry; a message that several entries change is delivered once. The message
 * is as late as its first entry, a part as late as the last entry that changed it.
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

/** Deadline of each message in real time: two minutes later it counts as late. */
export interface Lateness {
  /** The entry was recorded just now. */
  note(seq: number): void;
  /** The instant of the entry if it is delivered late; undefined when in time. */
  lateFrom(recorded: Recorded): EpochMs | undefined;
}

const IN_TIME_MS = 2 * 60_000;
/** A healthy run never has more pending at once. */
const MAX_KEPT = 100_000;

/** `before`: the last entry of earlier runs; undelivered ones up to it are late. */
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
