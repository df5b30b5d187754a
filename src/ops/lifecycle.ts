/** Start, signals, fatal errors, shutdown: the lifecycle of the process and its exit codes. */
import { OccupiedError, sentence, TradingError } from '#core/errors.ts';
import type { Log } from '#core/ports.ts';
import { ConfigError } from '#src/config.ts';

/** How the process ends. */
export interface ProcessEnd {
  readonly code: number;
  /** What could not go on, in words; undefined when a signal ended it. */
  readonly why: string | undefined;
}

/** What the parts of the process may ask of it. */
export interface Lifecycle {
  /** Where the last words go; standard error until it is known. */
  readonly useLog: (log: Log) => void;
  /** Run at the end, the last added first; cut off after that long, a second unless given. */
  readonly onShutdown: (
    name: string,
    close: (how: ProcessEnd) => unknown,
    limitMs?: number,
  ) => void;
  /** Told first of all how it ends. What takes longer continues beside the closing, for a while. */
  readonly beforeShutdown: (tell: (ending: ProcessEnd) => unknown) => void;
  /** Ends as a signal does, for another reason. */
  readonly stop: (why: string) => void;
  /**
   * Something that cannot go on: everything is closed and the process exits with that code, by default
   * with what the error says.
   */
  readonly fail: (error: unknown, code?: number) => void;
}

/**
 * 0: ended by a signal. 1: failed, and may be started again. 2: the configuration is wrong. 4: Discord
 * refuses the token or the intents for good; starting again before somebody changed them only spends
 * the day's sessions. 5: another Rotor has this journal. (3 is the offline commands' "no decision".)
 */
export const EXIT = { ended: 0, failed: 1, configuration: 2, discord: 4, occupied: 5 } as const;

/** Everything together takes at most so long; a supervisor sends SIGKILL after ten seconds. */
const END_MS = 9_000;
const CLOSE_MS = 1_000;
const LAST_ALERT_MS = 5_000;

type Say = (text: string) => void;

interface Closer {
  readonly name: string;
  readonly close: (how: ProcessEnd) => unknown;
  readonly limitMs: number;
}

/** A terminal that closes and an `npm` that is killed send more than one signal for one wish. */
const REPEATED_SIGNAL_MS = 1_000;

/**
 * Runs `start`, and shuts down at a signal or at what nothing caught. Whoever reads the output may go
 * away first: what is written then is lost, and everything is closed all the same.
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
    /** Whoever asks a second time does not want to wait. */
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
