/** Start, signals, fatal errors, shutdown: the lifecycle of the process and its exit codes. */
import { OccupiedError, sentence, TradingError } from '#core/errors.ts';
import type { Log } from '#core/ports.ts';
import { ConfigError } from '#src/config/environment.ts';

/** How the process ends. */
export interface ProcessEnd {
  readonly code: number;
  /** The error that ended it; undefined after a signal. */
  readonly why: string | undefined;
}

/** Control of the process by its parts. */
export interface Lifecycle {
  /** Sets the log for the final messages; standard error until then. */
  readonly useLog: (log: Log) => void;
  /** Runs at shutdown in reverse order; each is cut off after the given time, one second by default. */
  readonly onShutdown: (
    name: string,
    close: (how: ProcessEnd) => unknown,
    limitMs?: number,
  ) => void;
  /**
   * Called first at shutdown. If it takes longer, it continues during the rest of the shutdown for a while.
   */
  readonly beforeShutdown: (tell: (ending: ProcessEnd) => unknown) => void;
  /** Shuts down as after a signal, for another reason. */
  readonly stop: (why: string) => void;
  /**
   * Ends the process after an error: closes everything and exits with that code, by default the error's
   * own.
   */
  readonly fail: (error: unknown, code?: number) => void;
}

/**
 * 0: ended by a signal. 1: failed, and may be restarted. 2: invalid configuration. 4: Discord rejects the
 * token or the intents; restarting before they are fixed only uses up the day's sessions. 5: another Rotor
 * has this journal. (3 is the offline commands' "no decision".)
 */
export const EXIT = { ended: 0, failed: 1, configuration: 2, discord: 4, occupied: 5 } as const;

/** Limit of the whole shutdown; supervisors send SIGKILL after ten seconds. */
const END_MS = 9_000;
const CLOSE_MS = 1_000;
const LAST_ALERT_MS = 5_000;

type Say = (text: string) => void;

interface Closer {
  readonly name: string;
  readonly close: (how: ProcessEnd) => unknown;
  readonly limitMs: number;
}

/** Closing a terminal or killing `npm` sends several signals for one request. */
const REPEATED_SIGNAL_MS = 1_000;

/**
 * Runs `start`, and shuts down at a signal or an uncaught error. If the reader of the output goes away
 * first, that output is lost but everything is still closed.
 */
export async function runUntilSignal(
  start: (lifecycle: Lifecycle) => Promise<void>,
): Promise<void> {
  const { lifecycle, onSignal } = createLifecycle();
  process.on('SIGINT', onSignal);
  process.on('SIGTERM', onSignal);
  process.on('SIGHUP', onSignal);
  for (const output of [process.stdout, process.stderr]) output.on('error', () => undefined);
  process.on('uncaughtException', (error) => lifecycle.fail(error));
  process.on('unhandledRejection', (error) => lifecycle.fail(error));
  try {
    await start(lifecycle);
  } catch (error) {
    lifecycle.fail(error);
  }
}

function createLifecycle(): { readonly lifecycle: Lifecycle; readonly onSignal: () => void } {
  const closers: Closer[] = [];
  const tells: ((ending: ProcessEnd) => unknown)[] = [];
  let say: Say = (text) => void process.stderr.write(`rotor: ${text}\n`);
  let endsSince: number | undefined;

  async function end(how: ProcessEnd): Promise<void> {
    if (endsSince !== undefined) return;
    endsSince = performance.now();
    setTimeout(() => process.exit(how.code), END_MS).unref();
    const words = Promise.allSettled(tells.map(async (tell) => tell(how)));
    const last: Closer = { name: 'last words', close: () => words, limitMs: LAST_ALERT_MS };
    for (const closer of [...closers.toReversed(), last]) await closeInTime(closer, how, say);
    process.exit(how.code);
  }

  return {
    /** A second signal means: do not wait. */
    onSignal() {
      if (endsSince !== undefined && performance.now() - endsSince > REPEATED_SIGNAL_MS) {
        process.exit(EXIT.failed);
      }
      void end({ code: EXIT.ended, why: undefined });
    },
    lifecycle: {
      useLog(log) {
        say = log.error;
      },
      onShutdown: (name, close, limitMs = CLOSE_MS) => void closers.push({ name, close, limitMs }),
      beforeShutdown: (tell) => void tells.push(tell),
      stop: (why) => void end({ code: EXIT.ended, why }),
      fail(error, code) {
        const why = error instanceof ConfigError ? error.message : sentence(error);
        say(why);
        void end({ code: code ?? codeOf(error), why });
      },
    },
  };
}

async function closeInTime(
  { name, close, limitMs }: Closer,
  how: ProcessEnd,
  say: Say,
): Promise<void> {
  const late = new Promise<string>((resolve) => {
    setTimeout(() => resolve(`not done within ${limitMs} ms`), limitMs).unref();
  });
  try {
    const problem = await Promise.race([Promise.resolve(close(how)).then(() => undefined), late]);
    if (problem !== undefined) say(`closing ${name}: ${problem}`);
  } catch (error) {
    say(`closing ${name}: ${sentence(error)}`);
  }
}

function codeOf(error: unknown): number {
  if (error instanceof OccupiedError) return EXIT.occupied;
  if (error instanceof ConfigError) return EXIT.configuration;
  const configuration = error instanceof TradingError && error.remedy === 'fix-config';
  return configuration ? EXIT.configuration : EXIT.failed;
}
