/**
 * Crash after crash ends in the safe mode: Rotor answers, and does not trade. Each start and how it ended
 * stands in a small file of its own, because the journal may be what is broken. Whatever ends the process
 * is told outside.
 */
import { z } from 'zod';
import type { Environment } from '#src/config/environment.ts';
import { addressOf, type ReadSecret, secretsIn } from '#src/secrets.ts';
import { type AtomicJsonFile, createAtomicJsonFile } from './json-file.ts';
import { EXIT, type Lifecycle } from './lifecycle.ts';
import { createScrubber } from './log.ts';
import { type AlertWebhook, createAlertWebhook, postOnce, sentRecord } from './notify.ts';

/** What the rest of the process may know and do about its own crashes. */
export interface SafeMode {
  /** Why nothing trades until a person says so, in words; undefined in ordinary times. */
  safeModeReason(): string | undefined;
  /** Lasts until this process ends: the next start finds the cause again, or it is gone. */
  enterSafeMode(why: string): void;
  /** A person lets it trade again; earlier crashes are forgotten. */
  leaveSafeMode(): void;
  /**
   * Called when no other process runs: an earlier start without an end was killed. Tells each of them
   * once, and returns whether there was one.
   */
  markPreviousKilled(): boolean;
}

/** The record of this start. */
export interface CrashLoop extends SafeMode {
  /** It ends as it should, or for a cause that somebody has to change: no crash. */
  ended(): void;
  /** It ends because of that. */
  failed(why: string): void;
}

/** What the record needs from outside. */
export interface CrashLoopParts {
  readonly file: AtomicJsonFile<StartRecord>;
  /** The machine's clock, milliseconds since 1970. */
  readonly now: () => number;
  /** What runs. A new version starts with a clean count, so that a way back stays open. */
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

/** What stands in the file. */
export const startRecord = z.object({
  starts: z.array(start),
  safeMode: z.object({ at: z.number(), build: z.string(), why: z.string() }).optional(),
});

/** The content of the file. */
export type StartRecord = z.infer<typeof startRecord>;
type Start = z.infer<typeof start>;

/** Crashes of longer ago do not count. */
export const WINDOW_MS = 10 * 60_000;
/** More are of no use: what counts is the last minutes. */
const MAX_STARTS = 50;
const HOW_TO_LEAVE = 'Nothing trades until /resume is used.';

/** The starts of that build that ended in a crash, within the window before the instant. Pure. */
export function crashesOf({ starts }: StartRecord, build: string, now: number): readonly Start[] {
  return starts.filter(
    (each) => each.build === build && each.end !== 'ended' && Math.abs(now - each.at) <= WINDOW_MS,
  );
}

/** Writes this start down, and judges the ones before. */
export function openCrashLoop({ file, now, build, limit }: CrashLoopParts): CrashLoop {
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
    const before = others.filter(({ at }) => at !== own.at).slice(-MAX_STARTS);
    file.write({ starts: [...before, present], ...(mode && { safeMode: mode }) });
  }

  function end(present: Start): void {
    const there = file.read() ?? { starts: [] };
    keep(present, there.starts, there.safeMode);
  }

  keep(own, known.starts, safeMode);
  return {
    safeModeReason: () => lasting ?? (safeMode && `${safeMode.why} ${HOW_TO_LEAVE}`),
    enterSafeMode(why) {
      lasting = why;
    },
    leaveSafeMode() {
      if (!safeMode) return;
      safeMode = undefined;
      keep(own, [], undefined);
    },
    markPreviousKilled: () => markKilled(file, own.at),
    ended: () => end({ ...own, end: 'ended' }),
    failed: (why) => end({ ...own, end: 'failed', why }),
  };
}

/** Every other start that has no end was killed; returns whether there was one. */
function markKilled(file: AtomicJsonFile<StartRecord>, own: number): boolean {
  const there = file.read() ?? { starts: [] };
  const isEndless = (each: Start): boolean => each.at !== own && each.end === 'running';
  if (!there.starts.some(isEndless)) return false;
  const starts = there.starts.map((each): Start => {
    return isEndless(each) ? { ...each, end: 'killed' } : each;
  });
  file.write({ ...there, starts });
  return true;
}

function crashSentence(crashes: readonly Start[]): string {
  const why = crashes.at(-1)?.why ?? 'it was killed, or ended without a message';
  return `${crashes.length} crashes in ten minutes, the last: ${firstLine(why)}.`;
}

function firstLine(text: string): string {
  return text.split('\n')[0]?.slice(0, 200).replace(/\.$/, '') ?? '';
}

/** Watches the process from before anything can be wrong. */
export interface CrashGuard {
  /**
   * From here on the starts are counted. Enters the safe mode where they say so, and has told it outside
   * when it resolves: what comes next may end the process before anything is sent.
   */
  count(parts: {
    readonly stateDir: string;
    readonly build: string;
    /** So many crashes in ten minutes; 0 for never. */
    readonly limit: number;
  }): Promise<SafeMode>;
  /** From here on the last message outside names the orders that are still open. */
  readonly watchOrders: (openOrders: () => readonly string[]) => void;
  /** Tells outside what cannot be told in Discord. Never rejects. */
  tell(text: string): Promise<void>;
}

/** Ends whose cause somebody has to change; starting again is no crash, nor is it of use. */
const IN_ORDER: ReadonlySet<number> = new Set([
  EXIT.ended,
  EXIT.configuration,
  EXIT.discord,
  EXIT.occupied,
]);

const KILLED =
  'Rotor ended without a message: it was killed, ran out of memory, or the server lost power. ' +
  'It was started again.';

/** Tells outside whatever ends the process, if there is where to. */
export function createCrashGuard(
  lifecycle: Pick<Lifecycle, 'beforeShutdown'>,
  env: Environment,
  read: ReadSecret,
): CrashGuard {
  const scrub = createScrubber(secretsIn(env, read));
  const report = (text: string): void => void process.stderr.write(`rotor: ${scrub(text)}\n`);
  const webhook = createAlertWebhook({
    url: addressOf('SUPERVISOR_WEBHOOK_URL', env, read),
    file: createAtomicJsonFile(`${env['STATE_DIR'] || 'data'}/supervisor.json`, sentRecord, report),
    now: Date.now,
    scrub,
    post: postOnce,
    report,
  });
  let openOrders = (): readonly string[] => [];
  const orders = (): string => {
    const open = openOrders();
    return open.length === 0 ? '' : `\nOpen orders: ${open.join('; ')}`;
  };
  lifecycle.beforeShutdown(async ({ code, why }) => {
    if (why !== undefined) await webhook.send(`Rotor ended with ${code}: ${why}${orders()}`);
    else if (orders() !== '') await webhook.send(`Rotor was stopped.${orders()}`);
  });
  return {
    watchOrders(list) {
      openOrders = list;
    },
    tell: webhook.send,
    async count({ stateDir, ...rules }) {
      const file = createAtomicJsonFile(`${stateDir}/starts.json`, startRecord, report);
      const crashLoop = openCrashLoop({ file, now: Date.now, ...rules });
      lifecycle.beforeShutdown(({ code, why }) => {
        if (IN_ORDER.has(code)) crashLoop.ended();
        else crashLoop.failed(scrub(why ?? ''));
      });
      await tellSafeMode(webhook, crashLoop);
      return sentToWebhook(crashLoop, webhook, { scrub, orders });
    },
  };
}

function sentToWebhook(
  crashLoop: CrashLoop,
  webhook: AlertWebhook,
  { scrub, orders }: { readonly scrub: (text: string) => string; readonly orders: () => string },
): SafeMode {
  return {
    ...crashLoop,
    markPreviousKilled() {
      const killed = crashLoop.markPreviousKilled();
      if (killed) void webhook.send(`${KILLED}${orders()}`);
      return killed;
    },
    enterSafeMode(why) {
      crashLoop.enterSafeMode(scrub(why));
      void tellSafeMode(webhook, crashLoop);
    },
  };
}

async function tellSafeMode(webhook: AlertWebhook, { safeModeReason }: SafeMode): Promise<void> {
  const why = safeModeReason();
  if (why !== undefined) await webhook.send(`Rotor is in SAFE MODE: ${why}`);
}
