/**
 * Every start and how it ended, in a small file of its own, because the journal may be what is broken.
 * Crash after crash ends in the safe mode: the desk answers, and does not trade.
 */
import { z } from 'zod';
import type { SmallFile } from './json-file.ts';

export interface Starts {
  /** Why nothing trades until a person says so, in words; undefined in ordinary times. */
  reason(): string | undefined;
  /** Into the safe mode until this process ends: the next start finds the cause again, or it is gone. */
  enter(why: string): void;
  /** Nobody else runs: a start before this one that has no end was killed. Tells each of them once. */
  alone(): boolean;
  /** A person lets it trade again; what was counted is forgotten. */
  leave(): void;
  /** It ends as it should, or for a cause that somebody has to change: no crash. */
  ended(): void;
  /** It ends because of that. */
  failed(why: string): void;
}

export interface StartsParts {
  readonly file: SmallFile<StartRecord>;
  /** The machine's clock, milliseconds since 1970. */
  readonly now: () => number;
  /** What runs. Another version begins anew: a way back must not be closed by what was wrong before. */
  readonly build: string;
  /** So many crashes within `WINDOW_MS`; 0 for never. */
  readonly limit: number;
}

const start = z.object({
  at: z.number(),
  build: z.string(),
  /** `running` until the end is known; after a kill only the next start can tell. */
  end: z.enum(['running', 'ended', 'failed', 'killed']),
  why: z.string().optional(),
});

export const startRecord = z.object({
  starts: z.array(start),
  safeMode: z.object({ at: z.number(), build: z.string(), why: z.string() }).optional(),
});

export type StartRecord = z.infer<typeof startRecord>;
type Start = z.infer<typeof start>;

export const WINDOW_MS = 10 * 60_000;
/** More are of no use: what counts is the last minutes. */
const KEPT = 50;
const LEAVING = 'Nothing trades until an approver uses /resume.';

/** The starts of that build that ended in a crash, within the window before the instant. Pure. */
export function crashesOf({ starts }: StartRecord, build: string, now: number): readonly Start[] {
  return starts.filter(
    (each) => each.build === build && each.end !== 'ended' && Math.abs(now - each.at) <= WINDOW_MS,
  );
}

/** Writes the start down, and judges the ones before. */
export function openStarts({ file, now, build, limit }: StartsParts): Starts {
  const known = file.read() ?? { starts: [] };
  const crashes = crashesOf(known, build, now());
  let safeMode = known.safeMode?.build === build ? known.safeMode : undefined;
  if (!safeMode && limit > 0 && crashes.length >= limit) {
    safeMode = { at: now(), build, why: crashSentence(crashes) };
  }
  let lasting: string | undefined;
  const own: Start = { at: now(), build, end: 'running' };

  /** Over what is there now: a process that was paused may come back when another one runs. */
  function keep(present: Start, others: readonly Start[], mode: StartRecord['safeMode']): void {
    const before = others.filter(({ at }) => at !== own.at).slice(-KEPT);
    file.write({ starts: [...before, present], ...(mode && { safeMode: mode }) });
  }

  function end(present: Start): void {
    const there = file.read() ?? { starts: [] };
    keep(present, there.starts, there.safeMode);
  }

  keep(own, known.starts, safeMode);
  return {
    reason: () => lasting ?? (safeMode && `${safeMode.why} ${LEAVING}`),
    enter(why) {
      lasting = why;
    },
    alone() {
      const there = file.read() ?? { starts: [] };
      const endless = (each: Start): boolean => each.at !== own.at && each.end === 'running';
      if (!there.starts.some(endless)) return false;
      const starts = there.starts.map((each): Start => {
        return endless(each) ? { ...each, end: 'killed' } : each;
      });
      file.write({ ...there, starts });
      return true;
    },
    leave() {
      if (!safeMode) return;
      safeMode = undefined;
      keep(own, [], undefined);
    },
    ended: () => end({ ...own, end: 'ended' }),
    failed: (why) => end({ ...own, end: 'failed', why }),
  };
}

function crashSentence(crashes: readonly Start[]): string {
  const why = crashes.at(-1)?.why ?? 'it was killed, or ended without a word';
  return `${crashes.length} crashes in ten minutes, the last: ${firstLine(why)}.`;
}

function firstLine(text: string): string {
  return text.split('\n')[0]?.slice(0, 200).replace(/\.$/, '') ?? '';
}
