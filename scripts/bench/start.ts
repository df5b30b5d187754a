/**
 * Time from the start to the first reconciliation and to the header in Discord, with the share of each
 * part.
 */
import { join } from 'node:path';
import { type Running, startRotor } from '../../tests/support/process.ts';
import { startServers } from '../../tests/support/sandbox-process.ts';

type Report = (name: string, value: number, unit: string) => void;

const PARTS = /seconds from the start: (.*)/;
const RUNS = 5;

/** The servers run in a separate process, like the real ones; the very first start fetches the bars. */
export async function benchStart(report: Report, folder: string): Promise<void> {
  const servers = await startServers(join(folder, 'servers'));
  const state = join(folder, 'start');
  const start = (): Running => startRotor({ ...servers.environment, STATE_DIR: state });
  try {
    await one(start(), report, 'first start of all, ');
    const totals: ReadonlyMap<string, number>[] = [];
    for (let run = 1; run < RUNS; run++) totals.push(await one(start(), () => undefined, ''));
    const middle = totals.toSorted((a, b) => lastOf(a) - lastOf(b))[Math.floor(totals.length / 2)];
    print(middle ?? new Map(), report, 'start, ');
  } finally {
    await servers.close();
  }
}

async function one(
  rotor: Running,
  report: Report,
  prefix: string,
): Promise<ReadonlyMap<string, number>> {
  const [, line = ''] = PARTS.exec(await rotor.said(PARTS)) ?? [];
  await rotor.end('SIGTERM');
  const marks = new Map(
    line.split(', ').map((part): [string, number] => {
      const [name = '', seconds = '0'] = part.split(' ');
      return [name, Number(seconds) * 1_000];
    }),
  );
  print(marks, report, prefix);
  return marks;
}

/** Discord connects in parallel: its parts count from the journal on, like the broker's. */
function print(marks: ReadonlyMap<string, number>, report: Report, prefix: string): void {
  const way = (names: readonly string[]): void => {
    let before = 0;
    for (const name of names) {
      const at = marks.get(name) ?? before;
      if (!said.has(name)) report(`${prefix}${name}`, at - before, 'ms');
      said.add(name);
      before = at;
    }
  };
  const said = new Set<string>();
  way(['modules', 'configuration', 'journal', 'broker', 'bars', 'account', 'reconcile']);
  way(['journal', 'Discord', 'header']);
  report(`${prefix}to reconciled`, marks.get('reconcile') ?? 0, 'ms');
  report(`${prefix}to the header on the wall`, marks.get('header') ?? 0, 'ms');
}

function lastOf(marks: ReadonlyMap<string, number>): number {
  return Math.max(0, ...marks.values());
}
