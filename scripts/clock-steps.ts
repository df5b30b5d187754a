/**
 * A table of clock steps by time zone: the longest gap between two wakes of a one-second timer while the
 * wall clock is changed. One process per zone, real timers; exit 1 when a gap is longer than two periods,
 * or a wake is repeated. `npm run clock-steps`
 */
import { spawn } from 'node:child_process';
import { setTimeout as wait } from 'node:timers/promises';
import { cronHeartbeat } from '#src/time.ts';

const ZONES = [
  'UTC',
  'America/New_York',
  'America/Los_Angeles',
  'America/Sao_Paulo',
  'Europe/London',
  'Europe/Berlin',
  'Asia/Kolkata',
  'Asia/Kathmandu',
  'Asia/Tokyo',
  'Australia/Sydney',
  'Australia/Lord_Howe',
  'Pacific/Auckland',
];
const SECOND_MS = 1_000;
const HOUR_MS = 3_600_000;
const STEPS_MS = [10 * SECOND_MS, 60 * SECOND_MS, 600 * SECOND_MS, HOUR_MS, 12 * HOUR_MS];
const PACE_MS = SECOND_MS;
const ROUND_MS = 4_000;

/** Name of the round, its start, and the step of the wall clock in its middle. */
type Round = readonly [name: string, begin: number | undefined, stepMs: number];

/** The repeated and the skipped hour of the zone in 2026, if it has them. */
function changesOf(zone: string): readonly Round[] {
  const offset = (at: number): number => {
    const parts = new Intl.DateTimeFormat('en-US', { timeZone: zone, timeZoneName: 'longOffset' });
    const text = parts.formatToParts(at).find(({ type }) => type === 'timeZoneName')?.value ?? '';
    const [, sign, hours = '0', minutes = '0'] = /GMT([+-])(\d+):(\d+)/.exec(text) ?? [];
    return (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes));
  };
  const rounds: Round[] = [];
  for (let at = Date.UTC(2026, 0, 1); at < Date.UTC(2027, 0, 1); at += HOUR_MS / 2) {
    const change = offset(at + HOUR_MS / 2) - offset(at);
    const name = change < 0 ? 'doubled hour' : 'missing hour';
    if (change !== 0) rounds.push([name, at + HOUR_MS / 2 - ROUND_MS / 2, 0]);
  }
  return rounds;
}

/** Runs in a process with that zone and prints one line per round. */
async function measure(zone: string): Promise<void> {
  const RealDate = Date;
  let moved = 0;
  const now = (): number => RealDate.now() + moved;
  globalThis.Date = new Proxy(RealDate, {
    construct: (target, given) => Reflect.construct(target, given.length === 0 ? [now()] : given),
    get: (target, name) => (name === 'now' ? now : Reflect.get(target, name)),
  });
  const steps = STEPS_MS.flatMap((ms): Round[] => [
    [`+${ms / SECOND_MS} s`, undefined, ms],
    [`-${ms / SECOND_MS} s`, undefined, -ms],
  ]);
  for (const [name, begin, stepMs] of [...steps, ...changesOf(zone)]) {
    if (begin !== undefined) moved = begin - RealDate.now();
    const wakes = [performance.now()];
    const stop = cronHeartbeat('* * * * * *').every(() => wakes.push(performance.now()));
    await wait(ROUND_MS / 2);
    moved += stepMs;
    await wait(ROUND_MS / 2);
    stop();
    const gaps = wakes.slice(1).map((at, index) => at - (wakes[index] ?? at));
    const [shortest, longest] = [
      Math.min(...gaps),
      Math.max(...gaps, performance.now() - (wakes.at(-1) ?? 0)),
    ];
    console.log(JSON.stringify({ name, shortest, longest }));
  }
}

interface Measured {
  readonly name: string;
  readonly shortest: number;
  readonly longest: number;
}

async function measured(zone: string): Promise<readonly Measured[]> {
  const child = spawn(process.execPath, [import.meta.filename, zone], {
    env: { ...process.env, TZ: zone },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let text = '';
  for await (const chunk of child.stdout) text += chunk;
  return text
    .trim()
    .split('\n')
    .map((line): Measured => JSON.parse(line));
}

const [zone] = process.argv.slice(2);
if (zone !== undefined) await measure(zone);
else {
  const all = await Promise.all(ZONES.map(async (each) => [each, await measured(each)] as const));
  const names = [...new Set(all.flatMap(([, rounds]) => rounds.map(({ name }) => name)))];
  console.log(['longest gap in ms, pace 1000', ...names].join(' | '));
  for (const [name, rounds] of all) {
    const cells = names.map((each) => rounds.find((round) => round.name === each)?.longest);
    console.log(
      [name, ...cells.map((ms) => (ms === undefined ? '-' : Math.round(ms)))].join(' | '),
    );
  }
  const isWrong = ({ shortest, longest }: Measured): boolean =>
    longest > 2 * PACE_MS || shortest < PACE_MS / 2;
  const wrong = all.flatMap(([, rounds]) => rounds).filter(isWrong);
  console.log(`${all.flatMap(([, rounds]) => rounds).length} rounds, ${wrong.length} wrong`);
  process.exitCode = wrong.length > 0 ? 1 : 0;
}
