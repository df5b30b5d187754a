/** Whether a desk that ran for months stayed as it was after the first: pure. */

/** What was measured at the end of a month of the market. */
export interface Sample {
  /** From 1. */
  readonly month: number;
  /** Resident memory of the desk's process once its garbage is collected, megabytes. */
  readonly memoryMb: number;
  /** The highest that it ever was, garbage included: shown, not judged. */
  readonly highestMb: number;
  /** Files, sockets and pipes that it holds open. */
  readonly handles: number;
  /** The journal's write-ahead log, kilobytes. */
  readonly walKb: number;
  /** Messages that were sent in this month. */
  readonly messages: number;
}

/** How much each may be above the first month's: a factor, and room for what is small. */
const ROOM = {
  memoryMb: { factor: 1.15, more: 5 },
  handles: { factor: 1, more: 8 },
  // SQLite empties it at 4 MB, and until then it grows.
  walKb: { factor: 1, more: 5_120 },
  messages: { factor: 2, more: 30 },
} as const;

/** A line for each measure of a later month that left its room; empty when all stayed flat. */
export function growthIn(samples: readonly Sample[]): readonly string[] {
  const [first, ...later] = samples;
  if (!first) return [];
  return later.flatMap((sample) =>
    (Object.keys(ROOM) as (keyof typeof ROOM)[]).flatMap((name) => {
      const most = first[name] * ROOM[name].factor + ROOM[name].more;
      if (sample[name] <= most) return [];
      return [`month ${sample.month}: ${name} is ${sample[name]}, after the first ${first[name]}`];
    }),
  );
}

/** A row of the table, as wide as its head. */
export function rowOf({ month, memoryMb, highestMb, handles, walKb, messages }: Sample): string {
  return [month, memoryMb, highestMb, handles, walKb, messages]
    .map((each) => String(each).padStart(9))
    .join('');
}

/** The head of the table. */
export const HEAD = ['month', 'memory MB', 'highest', 'handles', 'WAL kB', 'messages']
  .map((each) => each.padStart(9))
  .join('');
