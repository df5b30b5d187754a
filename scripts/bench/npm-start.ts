/**
 * `npm start` with its sandbox: the very first start, with nothing compiled and no bars, later ones, and a
 * command that somebody uses as soon as the header is there.
 */
import { spawn } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import type { Report } from './bars.ts';
import { medianOf } from './median.ts';

/** Times of one start, in milliseconds. */
interface StartTimes {
  readonly header: number;
  readonly reconciled: number;
  /** From a press right after the header to the first answer. */
  readonly answer: number;
}

/** Prints the medians of that many first starts and of as many later ones. */
export async function benchNpmStart(report: Report, folder: string, runs: number): Promise<void> {
  const homes = Array.from({ length: runs }, () => mkdtempSync(join(folder, 'start-')));
  const first: StartTimes[] = [];
  const later: StartTimes[] = [];
  for (const home of homes) first.push(await start(home));
  // Not each after its own first start: Discord makes a bot wait five seconds before it connects again.
  for (const home of homes) later.push(await start(home));
  for (const [name, times] of Object.entries({ 'first npm start': first, 'npm start': later })) {
    report(`${name}, to the header`, medianOf(times.map(({ header }) => header)), 'ms');
    report('  to reconciled', medianOf(times.map(({ reconciled }) => reconciled)), 'ms');
    report('  a command right after the header', medianOf(times.map((each) => each.answer)), 'ms');
  }
}

async function start(home: string): Promise<StartTimes> {
  const env = {
    ...process.env,
    STATE_DIR: join(home, 'state'),
    NODE_COMPILE_CACHE: join(home, 'compiled'),
    SANDBOX_PORT: '0',
  };
  const child = spawn('npm', ['start'], {
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
    detached: true,
  });
  const ended = new Promise((resolve) => child.once('close', resolve));
  let output = '';
  let answer: Promise<number> | undefined;
  const marks = await new Promise<string>((resolve, reject) => {
    void ended.then(() => reject(new Error(`npm start ended:\n${output}`)));
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      output += text;
      const address = /desk at (\S+)/.exec(output)?.[1];
      if (address && output.includes('Discord: ready')) answer ??= firstAnswer(address);
      const [, line] = /seconds from the start: (.*)/.exec(output) ?? [];
      if (line !== undefined && answer) resolve(line);
    });
  });
  const times = { header: at(marks, 'header'), reconciled: at(marks, 'reconcile') };
  const took = await answer;
  // To all of its group, as a terminal does: npm alone passes no Ctrl-C on.
  process.kill(-(child.pid ?? 0), 'SIGINT');
  await ended;
  return { ...times, answer: took ?? Number.NaN };
}

function at(marks: string, part: string): number {
  return Number(new RegExp(`\\b${part} ([\\d.]+)`).exec(marks)?.[1]) * 1_000;
}

/** From a person's press to the first answer. */
export async function firstAnswer(address: string, command = 'status'): Promise<number> {
  const since = performance.now();
  const response = await fetch(`${address}/desk/slash`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ user: 'admin', command, options: {} }),
  });
  const { kind, reason } = (await response.json()) as { kind: string; reason?: string };
  if (kind !== 'done') throw new Error(`/${command}: expected an answer, found ${kind} ${reason}`);
  return performance.now() - since;
}
