/**
 * Repeated crashes start safe mode: Rotor answers but does not trade. Each start and how it ended is kept
 * in a small separate file, because the journal itself may be broken. Whatever ends the process is reported
 * to the alert webhook.
 */
import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import type { Environment } from '#src/config/environment.ts';
import { addressOf, type ReadSecret, secretsIn } from '#src/secrets.ts';
import { type AtomicJsonFile, createAtomicJsonFile } from './json-file.ts';
import { EXIT, type Lifecycle } from './lifecycle.ts';
import { createScrubber } from './log.ts';
import { type AlertWebhook, createAlertWebhook, postOnce, sentRecord } from './notify.ts';

/** Safe mode as the rest of the process sees it. */
export interface SafeMode {
  /** Why Rotor is in safe mode and must not trade; undefined in normal operation. */
  safeModeReason(): string | undefined;
  /** Lasts until this process ends; the next start checks the cause again. */
  enterSafeMode(why: string): void;
  /** A person allows trading again; earlier crashes are forgotten. */
  leaveSafeMode(): void;
  /**
   * Must be called when no other process runs: an earlier start without an end was killed. Reports each of
   * them once, and returns whether there was one.
   */
  markPreviousKilled(): boolean;
}

/** The record of this start. */
export interface CrashLoop extends SafeMode {
  /** A regular end, or one whose cause a person must fix: not a crash. */
  ended(): void;
  /** The process ends because of an error. */
  failed(why: string): void;
}

/** Dependencies of openCrashLoop. */
export interface CrashLoopParts {
  readonly file: AtomicJsonFile<StartRecord>;
  /** Wall clock, milliseconds since 1970. */
  readonly now: () => number;
  /** The running build. A new version starts with a clean crash count, so that a rollback always works. */
  readonly build: string;
  /** Crashes allowed within `WINDOW_MS`; 0: no limit. */
  readonly limit: number;
}

const start = z.object({
  /** Unique: two starts may happen at the same instant of a clock. Older versions wrote none. */
  id: z.string().default(''),
  at: z.number(),
  build: z.string(),
  /** `running` until the end is known; a kill is noticed only at the next start. */
  end: z.enum(['running', 'ended', 'failed', 'killed']),
  why: z.string().optional(),
});

/** Schema of the file. */
export const startRecord = z.object({
  starts: z.array(start),
  safeMode: z.object({ at: z.number(), build: z.string(), why: z.string() }).optional(),
});

/** The content of the file. */
export type StartRecord = z.infer<typeof startRecord>;
type Start = z.infer<typeof start>;

/** Older crashes do not count. */
export const WINDOW_MS = 10 * 60_000;
/** Only the last minutes matter, so older starts are dropped. */
const MAX_STARTS = 50;
const HOW_TO_LEAVE = 'Nothing trades until /resume is used.';

/** Starts of that build that ended in a crash, within the window before the instant. Pure. */
export function crashesOf({ starts }: StartRecord, build: string, now: number): readonly Start[] {
  return starts.filter(
    (each) => each.build === build && each.end !== 'ended' && Math.abs(now - each.at) <= WINDOW_MS,
  );
}

/** Records this start and evaluates the earlier ones. */
export function openCrashLoop({ file, now, build, limit }: CrashLoopParts): CrashLoop {
  const known = file.read() ?? { starts: [] };
  const crashes = crashesOf(known, build, now());
  let safeMode = known.safeMode?.build === build ? known.safeMode : undefined;
  if (!safeMode && limit > 0 && crashes.length >= limit) {
    safeMode = { at: now(), build, why: crashSentence(crashes) };
  }
  let lasting: string | undefined;
  const own: Start = { id: randomUUID().slice(0, 8), at: now(), build, end: 'running' };

  /** Merges with the current file: a suspended process may resume while another one runs. */
  function keep(present: Start, others: readonly Start[], mode: StartRecord['safeMode']): void {
    const before = others.filter(({ id }) => id !== own.id).slice(-MAX_STARTS);
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
    markPreviousKilled: () => markKilled(file, own.id),
    ended: () => end({ ...own, end: 'ended' }),
    failed: (why) => end({ ...own, end: 'failed', why }),
  };
}

/** Marks every other start without an end as killed; returns whether there was one. */
function markKilled(file: AtomicJsonFile<StartRecord>, own: string): boolean {
  const there = file.read() ?? { starts: [] };
  const isEndless = (each: Start): boolean => each.id !== own && each.end === 'running';
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

/** Watches the process from its very beginning. */
export interface CrashGuard {
  /**
   * Starts counting starts. Enters safe mode when the count requires it, and resolves after the alert was
   * sent, as the next step may end the process before anything is sent.
   */
  count(parts: {
    readonly stateDir: string;
    readonly build: string;
    /** Crashes allowed within ten minutes; 0: no limit. */
    readonly limit: number;
  }): Promise<SafeMode>;
  /** From now on the final alert names the open orders. */
  readonly watchOrders: (openOrders: () => readonly string[]) => void;
  /** Sends an alert that cannot be sent to Discord. Never rejects. */
  tell(text: string): Promise<void>;
}

/** Exit codes whose cause a person must fix; they are not crashes, and restarting does not help. */
const IN_ORDER: ReadonlySet<number> = new Set([
  EXIT.ended,
  EXIT.configuration,
  EXIT.discord,
  EXIT.occupied,
]);

const KILLED =
  'Rotor ended without a message: it was killed, ran out of memory, or the server lost power. ' +
  'It was started again.';

/** Reports whatever ends the process, if an alert webhook is set. */
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
