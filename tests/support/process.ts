import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join, resolve } from 'node:path';

/** Processes of tests keep the compiled form of their modules, as the image and `npm start` do: half of a start. */
export const COMPILE_CACHE = {
  NODE_COMPILE_CACHE: join(
    resolve(import.meta.dirname, '../..'),
    'node_modules/.cache/rotor-tests',
  ),
};

export interface Running {
  /** Everything the process has printed. */
  output(): string;
  /** Resolves with the text when it has been printed `times` times; rejects when the process ends. */
  said(pattern: RegExp, times?: number): Promise<string>;
  /** Sends the signal and resolves with the exit code. */
  end(signal?: NodeJS.Signals): Promise<number | null>;
  /** Resolves with the exit code when it has ended and everything it printed is here. */
  readonly ended: Promise<number | null>;
  readonly child: ChildProcess;
}

/** The real process, as `npm start` runs it, with an environment of its own. @param flags Node's. */
export function startRotor(env: Record<string, string>, flags: readonly string[] = []): Running {
  return startProgram('src/main.ts', env, flags);
}

export function startProgram(
  entry: string,
  env: Record<string, string>,
  flags: readonly string[] = [],
): Running {
  const { PATH = '', HOME = '' } = process.env;
  const child = spawn(process.execPath, [...flags, entry], {
    env: { PATH, HOME, ...COMPILE_CACHE, ...env },
  });
  let output = '';
  const watchers = new Set<() => void>();
  const note = (chunk: Buffer): void => {
    output += chunk.toString();
    for (const watch of watchers) watch();
  };
  child.stdout.on('data', note);
  child.stderr.on('data', note);
  const ended = once(child, 'close').then(() => child.exitCode);
  return {
    child,
    ended,
    output: () => output,
    said: (pattern, times = 1) =>
      new Promise((resolve, reject) => {
        const global = new RegExp(pattern, 'g');
        const look = (): void => {
          const found = output.match(global) ?? [];
          if (found.length < times) return;
          watchers.delete(look);
          resolve(found[times - 1] ?? '');
        };
        watchers.add(look);
        void ended.then(() => reject(new Error(`ended before it said ${pattern}:\n${output}`)));
        look();
      }),
    async end(signal = 'SIGINT') {
      child.kill(signal);
      return ended;
    },
  };
}
