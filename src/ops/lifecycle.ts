/** Start, signals, fatal errors, end: the life of the process and its exit codes. */

import { OccupiedError, sentence, TradingError } from '#core/errors.ts';
import type { Log } from '#core/ports.ts';
import { ConfigError } from '#src/config.ts';

/** How it ends. */
export interface Ending {
  readonly code: number;
  /** What could not go on, in words; undefined when a signal ended it. */
  readonly why: string | undefined;
}

export interface Life {
  /** Where the last words go; standard error until it is known. */
  use(log: Log): void;
  /** Run at the end, the last added first; not waited for longer than that, a second unless given. */
  onEnd(name: string, end: (how: Ending) => unknown, limitMs?: number): void;
  /** Told first of all how it ends. What takes longer goes on beside the closing, for a while. */
  onEnding(tell: (ending: Ending) => unknown): void;
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
const LAST_WORDS_MS = 5_000;

interface Closer {
  readonly name: string;
  readonly end: (how: Ending) => unknown;
  readonly limitMs: number;
}

export async function runUntilSignal(start: (life: Life) => Promise<void>): Promise<void> {
  const closers: Closer[] = [];
  const told: ((ending: Ending) => unknown)[] = [];
  let say = (text: string): void => void process.stderr.write(`rotor: ${text}\n`);
  let ending = false;

  async function close({ name, end, limitMs }: Closer, how: Ending): Promise<void> {
    const late = new Promise<string>((resolve) => {
      setTimeout(() => resolve(`not done within ${limitMs} ms`), limitMs).unref();
    });
    try {
      const problem = await Promise.race([Promise.resolve(end(how)).then(() => undefined), late]);
      if (problem !== undefined) say(`closing ${name}: ${problem}`);
    } catch (error) {
      say(`closing ${name}: ${sentence(error)}`);
    }
  }

  async function end(how: Ending): Promise<void> {
    if (ending) return;
    ending = true;
    setTimeout(() => process.exit(how.code), END_MS).unref();
    const words = Promise.allSettled(told.map(async (tell) => tell(how)));
    for (const closer of closers.toReversed()) await close(closer, how);
    await close({ name: 'last words', end: () => words, limitMs: LAST_WORDS_MS }, how);
    process.exit(how.code);
  }

  const fail: Life['fail'] = (error, code): void => {
    const why = error instanceof ConfigError ? error.message : sentence(error);
    say(why);
    void end({ code: code ?? codeOf(error), why });
  };

  /** Whoever asks a second time does not want to wait. */
  function onSignal(): void {
    if (ending) process.exit(EXIT.failed);
    void end({ code: EXIT.ended, why: undefined });
  }

  process.on('SIGINT', onSignal);
  process.on('SIGTERM', onSignal);
  process.on('uncaughtException', (error) => fail(error));
  process.on('unhandledRejection', (error) => fail(error));

  try {
    await start({
      use: (log) => {
        say = log.error;
      },
      onEnd: (name, end, limitMs = CLOSE_MS) => void closers.push({ name, end, limitMs }),
      onEnding: (tell) => void told.push(tell),
      fail,
    });
  } catch (error) {
    fail(error);
  }
}

function codeOf(error: unknown): number {
  if (error instanceof OccupiedError) return EXIT.occupied;
  if (error instanceof ConfigError) return EXIT.configuration;
  const configuration = error instanceof TradingError && error.remedy === 'fix-config';
  return configuration ? EXIT.configuration : EXIT.failed;
}
