/**
 * Years of a desk in a world where everything goes wrong, one seed a year:
 * `npm run simulate -- --years 10 --seed 1`. A seed that breaks a law is shrunk and told; exit 1.
 * `--replay SEED` tells a whole year line by line, `--shrunk` only what breaks its first law.
 * `--sessions N` runs only the first sessions of each year, `--stop` ends at the first break.
 */
import { parseArgs } from 'node:util';
import type { Bars } from '../src/core/domain/bar.ts';
import type { Sometimes } from '../tests/simulation/years/faults.ts';
import { realBars } from '../tests/simulation/years/real-bars.ts';
import { shrinkStory } from '../tests/simulation/years/shrink.ts';
import { addSometimes, sometimesTable, zerosIn } from '../tests/simulation/years/sometimes.ts';
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
    bars: { type: 'string', default: 'data/sample' },
  },
});
const [years, seed] = [Number(values.years), Number(values.replay ?? values.seed)];
if (!Number.isInteger(years) || years < 1 || !Number.isInteger(seed)) {
  console.error('simulate: --years is a whole number from 1, --seed and --replay whole numbers');
  process.exit(2);
}
const sessions = Number(values.sessions);
if (!Number.isInteger(sessions) || sessions < 1) {
  console.error('simulate: --sessions is a whole number from 1');
  process.exit(2);
}
const real = await realBars(values.bars);
process.exitCode = values.replay === undefined ? await runAll(seed, years) : await replay(seed);

async function replay(of: number): Promise<number> {
  const story = drawStory(of, sessions);
  const tell = (line: string): void => console.log(line);
  if (!values.shrunk) return (await runYear(story, real, { tell })).violations.length > 0 ? 1 : 0;
  const [first] = (await runYear(story, real)).violations;
  if (!first) return 0;
  await runYear(await shrunk(story, first, real), real, { tell });
  return 1;
}

async function runAll(from: number, count: number): Promise<number> {
  const sometimes: Sometimes = new Map();
  const total = { steps: 0, entries: 0, rebalances: 0, orders: 0, messages: 0, violations: 0 };
  const cpu = process.cpuUsage();
  for (let next = from; next < from + count; next++) {
    const report = await runYear(drawStory(next, sessions), real);
    addSometimes(sometimes, report.sometimes);
    for (const name of ['steps', 'entries', 'rebalances', 'orders', 'messages'] as const)
      total[name] += report[name];
    total.violations += report.violations.length;
    console.log(lineOf(report));
    if (values.stop && report.violations.length > 0) return stopped(next - from + 1, report);
    for (const violation of report.violations) await tellShortest(next, violation);
  }
  for (const line of sometimesTable(sometimes)) console.log(line);
  const zeros = zerosIn(sometimes);
  console.log(`never met: ${zeros.length === 0 ? 'none' : zeros.join(', ')}`);
  console.log(`${count} years from seed ${from}: ${JSON.stringify(total)}`);
  console.error(`${Math.round(process.cpuUsage(cpu).user / 1_000 / count)} ms of processor a year`);
  return total.violations > 0 ? 1 : 0;
}

function stopped(count: number, { violations }: YearReport): number {
  for (const { law, text } of violations) console.log(`broken after ${count}: ${law}: ${text}`);
  return 1;
}

function lineOf({
  seed: of,
  steps,
  entries,
  rebalances,
  orders,
  violations,
  digest,
}: YearReport): string {
  const counts = `${steps} steps, ${entries} entries, ${rebalances} rebalances, ${orders} orders`;
  return `seed ${of}: ${counts}, ${violations.length} violations, ${digest.slice(0, 12)}`;
}

async function tellShortest(of: number, violation: Violation): Promise<void> {
  console.log(`VIOLATION of "${violation.law}" in seed ${of}: ${violation.text}`);
  const lines: string[] = [];
  const shortest = await shrunk(drawStory(of, sessions), violation, real);
  await runYear(shortest, real, { tell: (line) => void lines.push(line) });
  for (const line of lines.slice(-60)) console.log(`    ${line.slice(0, 220)}`);
  console.log(`  again: npm run simulate -- --replay ${of} --shrunk`);
}

function shrunk(story: Story, { law }: Violation & object, bars: Bars): Promise<Story> {
  const attempt = async (each: Story): Promise<Violation | undefined> =>
    (await runYear(each, bars)).violations.find((found) => found.law === law);
  return attempt(story).then((found) => (found ? shrinkStory(story, found, attempt) : story));
}
