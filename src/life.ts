/** Start, signals, fatal errors, end: the life of the process and its exit codes. */

import { sentence, TradingError } from '#core/errors.ts';
import type { Log } from '#core/ports.ts';
import { ConfigError } from './config.ts';

export interface Life {
  /** Where the last words go; standard error until it is known. */
  use(log: Log): void;
  /** Run at the end, the last added first. */
  onEnd(name: string, end: () => unknown): void;
  /**
   * Something that cannot go on: everything is closed and the process exits with that code, by default
   * with what the error says: 2 for wrong configuration, else 1.
   */
  readonly fail: (error: unknown, code?: number) => void;
}

/**
 * 0: ended by a signal. 1: failed, and may be started again. 2: the configuration is wrong. 4: Discord
 * refuses the token or the intents for good; starting again before somebody changed them only spends
 * the day's sessions. (3 is the offline commands' "no decision".)
 */
export const EXIT = { ended: 0, failed: 1, configuration: 2, discord: 4 } as const;

/** Closing takes at most so long; a supervisor sends SIGKILL a little later. */
const END_MS = 9_000;

export async function runUntilSignal(start: (life: Life) => Promise<void>): Promise<void> {
  const ends: { readonly name: string; readonly end: () => unknown }[] = [];
  let say = (text: string): void => void process.stderr.write(`rotor: ${text}\n`);
  let ending = false;

  async function end(code: number): Promise<void> {
    if (ending) process.exit(EXIT.failed);
    ending = true;
    setTimeout(() => process.exit(code), END_MS).unref();
    for (const { name, end: close } of ends.toReversed()) {
      try {
        await close();
      } catch (error) {
        say(`closing ${name}: ${sentence(error)}`);
      }
    }
    process.exit(code);
  }

  const fail: Life['fail'] = (error, code): void => {
    say(error instanceof ConfigError ? error.message : sentence(error));
    const configuration =
      error instanceof ConfigError ||
      (error instanceof TradingError && error.remedy === 'fix-config');
    void end(code ?? (configuration ? EXIT.configuration : EXIT.failed));
  };

  process.on('SIGINT', () => void end(EXIT.ended));
  process.on('SIGTERM', () => void end(EXIT.ended));
  process.on('uncaughtException', (error) => fail(error));
  process.on('unhandledRejection', (error) => fail(error));

  try {
    await start({
      use: (log) => {
        say = log.error;
      },
      onEnd: (name, close) => void ends.push({ name, end: close }),
      fail,
    });
  } catch (error) {
    fail(error);
  }
}
