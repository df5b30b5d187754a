/** Start, signals, fatal errors, end: the life of the process and its exit codes. */

import { sentence, TradingError } from '#core/errors.ts';
import type { Log } from '#core/ports.ts';
import { ConfigError } from './config.ts';

export interface Life {
  /** Where the last words go; standard error until it is known. */
  use(log: Log): void;
  /** Run at the end, the last added first. */
  onEnd(name: string, end: () => unknown): void;
  /** Something that cannot go on: everything is closed and the process exits with 1. */
  readonly fail: (error: unknown) => void;
}

/** Ended by a signal: 0. Wrong configuration: 2. Anything else: 1. */
const EXIT = { ended: 0, failed: 1, configuration: 2 } as const;

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

  const fail = (error: unknown): void => {
    say(error instanceof ConfigError ? error.message : sentence(error));
    const configuration =
      error instanceof ConfigError ||
      (error instanceof TradingError && error.remedy === 'fix-config');
    void end(configuration ? EXIT.configuration : EXIT.failed);
  };

  process.on('SIGINT', () => void end(EXIT.ended));
  process.on('SIGTERM', () => void end(EXIT.ended));
  process.on('uncaughtException', fail);
  process.on('unhandledRejection', fail);

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
