/** Whether resource usage after months stayed as it was after the first. Pure. */

/** Measurements at the end of a month of market time. */
export interface Sample {
  /** From 1. */
  readonly month: number;
  /** Resident memory of Rotor's process after garbage collection, megabytes. */
  readonly memoryMb: number;
  /** Its highest value, including garbage: shown, not judged. */
  readonly highestMb: number;
  /** Open files, sockets and pipes. */
  readonly handles: number;
  /** The journal's write-ahead log, kilobytes. */
  readonly walKb: number;
  /** Messages sent in this month. */
  readonly messages: number;
}

/** Allowed growth over the first month: a factor, and an allowance for small values. */
const ROOM = {
  memoryMb: { factor: 1.15, more: 5 },
  handles: { factor: 1, more: 8 },
  // SQLite empties it at 4 MB, and until then it grows.
  walKb: { factor: 1, more: 5_120 },
  messages: { factor: 2, more: 30 },
} as const;

/** A line for each measure of a later month above its limit; empty when all stayed flat. */
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

/** A row of the table, in the header's widths. */
export function rowOf({ month, memoryMb, highestMb, handles, walKb, messages }: Sample): string {
  return [month, memoryMb, highestMb, handles, walKb, messages]
    .map((each) => String(each).padStart(9))
    .join('');
}

/** The header of the table. */
export const HEAD = ['month', 'memory MB', 'highest', 'handles', 'WAL kB', 'messages']
  .map((each) => each.padStart(9))
  .join('');
