/**
 * Simulates years of Rotor in a world where everything goes wrong, one seed per year: `npm run simulate --
 * --years 10 --seed 1`. A seed that violates an invariant is shrunk and reported; exit 1. The same applies
 * to a fault that no phase of a rebalance ever met in a long run. `--replay SEED` prints a whole year line
 * by line, `--shrunk` only what violates its first invariant, and `--picture FILE` draws either as an SVG.
 * `--sessions N` runs only the first sessions of each year, `--stop` ends at the first violation, `--brief`
 * only names violations, `--threads N` runs that many years at once, `--with KIND` has that kind of fault in
 * every year, `--set NAME=VALUE` that setting; both may be given more than once.
 */
import { writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import type { Sometimes } from '../tests/simulation/years/faults.ts';
import { FAULT_KINDS } from '../tests/simulation/years/kinds.ts';
import { runYears } from '../tests/simulation/years/many-years.ts';
import { drawTimeline, type Told } from '../tests/simulation/years/picture.ts';
import { realBars } from '../tests/simulation/years/real-bars.ts';
import { shrinkStory } from '../tests/simulation/years/shrink.ts';
import {
  addSometimes,
  deniedIn,
  sometimesTable,
  zerosIn,
} from '../tests/simulation/years/sometimes.ts';
import { drawStory, type Story } from '../tests/simulation/years/story.ts';
import type { Violation } from '../tests/simulation/years/violations.ts';
import { runYear, type YearReport } from '../tests/simulation/years/year.ts';

const { values } = parseArgs({
  options: {
    years: { type: 'string', default: '10' },
    seed: { type: 'string', default: '1' },
    replay: { type: 'string' },
    shrunk: { type: 'boolean', default: false },
    sessions: { type: 'string', default: '300' },
    stop: { type: 'boolean', default: false },
    brief: { type: 'boolean', default: false },
    picture: { type: 'string' },
    threads: { type: 'string', default: String(availableParallelism()) },
    with: { type: 'string', multiple: true, default: [] },
    set: { type: 'string', multiple: true, default: [] },
    bars: { type: 'string', default: 'data/sample' },
  },
});
const SESSIONS_A_YEAR = 252;
/** In this many whole years each fault meets each phase that it can. */
const ALL_MET = 1_000;

const [years = 0, sessions = 0, threads = 0] = [values.years, values.sessions, values.threads].map(
  Number,
);
const seed = Number(values.replay ?? values.seed);
if (![years, sessions, threads].every((each) => Number.isInteger(each) && each > 0)) {
  console.error('simulate: --years, --sessions and --threads are whole numbers from 1');
  process.exit(2);
}
if (!Number.isInteger(seed)) {
  console.error('simulate: --seed and --replay are whole numbers');
  process.exit(2);
}
const always = FAULT_KINDS.filter((kind) => values.with.includes(kind));
if (always.length !== new Set(values.with).size) {
  console.error('simulate: --with names a kind of fault of tests/simulation/years/kinds.ts');
  process.exit(2);
}
const set = Object.fromEntries(
  values.set.map((each) => [each.split('=')[0] ?? '', each.slice(each.indexOf('=') + 1)]),
);
const real = await realBars(values.bars);
process.exitCode = values.replay === undefined ? await runAll(seed, years) : await replay(seed);

async function replay(of: number): Promise<number> {
  const whole = drawStory(of, sessions, always, set);
  const [first] = values.shrunk ? (await runYear(whole, real)).violations : [];
  const story = first ? await shrunk(whole, first) : whole;
  const told: Told[] = [];
  const tell = (line: string, at: number, text: string): void => {
    told.push({ at, text });
    console.log(line);
  };
  const { violations, happened } = await runYear(story, real, { tell });
  if (values.picture !== undefined) writeFileSync(values.picture, drawTimeline(happened, told));
  return violations.length > 0 ? 1 : 0;
}

async function runAll(from: number, count: number): Promise<number> {
  const sometimes: Sometimes = new Map();
  const total = { years: 0, steps: 0, entries: 0, rebalances: 0, orders: 0, messages: 0 };
  let [broken, isStopped] = [0, false];
  // Reports the results so far.
  for (const signal of ['SIGINT', 'SIGTERM']) {
    process.once(signal, () => {
      isStopped = true;
    });
  }
  const [cpu, began] = [process.cpuUsage(), performance.now()];
  const onYear = async (report: YearReport): Promise<boolean> => {
    addSometimes(sometimes, report.sometimes);
    for (const name of ['steps', 'entries', 'rebalances', 'orders', 'messages'] as const)
      total[name] += report[name];
    total.years += 1;
    broken += report.violations.length;
    console.log(lineOf(report));
    for (const violation of report.violations) await tellBreak(report.seed, violation);
    return !isStopped && (!values.stop || broken === 0);
  };
  await runYears({ from, count, threads, sessions, always, set, bars: values.bars, onYear });
  const zeros = tellMet(sometimes, count);
  console.log(`from seed ${from}: ${JSON.stringify({ ...total, violations: broken })}`);
  console.error(speedOf(total.years, process.cpuUsage(cpu), performance.now() - began));
  return broken > 0 || (count >= ALL_MET && zeros > 0) ? 1 : 0;
}

/** Prints what was met how often, and returns how many pairs of fault and phase never were. */
function tellMet(sometimes: Sometimes, count: number): number {
  for (const line of sometimesTable(sometimes)) console.log(line);
  const [zeros, denied] = [zerosIn(sometimes), deniedIn(sometimes)];
  // A short run cannot meet them all.
  const named = count >= ALL_MET ? zeros.join(', ') : `${zeros.length} pairs of fault and phase`;
  console.log(`never met: ${zeros.length === 0 ? 'none' : named}`);
  if (denied.length > 0) console.log(`met, though they need not be: ${denied.join(', ')}`);
  return zeros.length;
}

/** Time and speed of the run: stories shorter than a year count as the sessions that they have. */
function speedOf(stories: number, { user, system }: NodeJS.CpuUsage, ms: number): string {
  const whole = (stories * Math.min(sessions, SESSIONS_A_YEAR)) / SESSIONS_A_YEAR;
  const perMinute = (each: number): string => ((whole * 60_000) / each).toFixed(1);
  return (
    `${whole.toFixed(1)} simulated years in ${Math.round(ms / 1_000)} s with ${threads} threads: ` +
    `${perMinute(ms)} years a minute, ${perMinute((user + system) / 1_000)} a minute of processor`
  );
}

function lineOf(report: YearReport): string {
  const { steps, entries, rebalances, orders, violations, digest } = report;
  const counts = `${steps} steps, ${entries} entries, ${rebalances} rebalances, ${orders} orders`;
  return `seed ${report.seed}: ${counts}, ${violations.length} violations, ${digest.slice(0, 12)}`;
}

async function tellBreak(of: number, violation: Violation): Promise<void> {
  console.log(`VIOLATION of "${violation.law}" in seed ${of}: ${violation.text}`);
  if (!values.brief && !values.stop) await tellShortest(of, violation);
}

async function tellShortest(of: number, violation: Violation): Promise<void> {
  const lines: string[] = [];
  const shortest = await shrunk(drawStory(of, sessions, always, set), violation);
  await runYear(shortest, real, { tell: (line) => void lines.push(line) });
  for (const line of lines.slice(-60)) console.log(`    ${line.slice(0, 220)}`);
  const kinds = always.map((kind) => ` --with ${kind}`).join('');
  const sets = values.set.map((each) => ` --set ${each}`).join('');
  console.log(`  again: npm run simulate -- --replay ${of}${kinds}${sets} --shrunk`);
}

function shrunk(story: Story, { law }: Violation): Promise<Story> {
  const attempt = async (each: Story): Promise<Violation | undefined> =>
    (await runYear(each, real)).violations.find((found) => found.law === law);
  return attempt(story).then((found) => (found ? shrinkStory(story, found, attempt) : story));
}
