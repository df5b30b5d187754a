/**
 * Breaks each rule of tests/breaks.ts in a copy of the tree and checks that the test named for it fails.
 * `npm run break-test`; a word after `--` selects rules by name. Exit 1 when a break is missed, or when the
 * table no longer matches the tree.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { RuleBreak } from '../tests/breaks/rule-break.ts';
import { BREAKS } from '../tests/breaks.ts';
import { copyTree } from './breaks/copy-tree.ts';
import { HANG_MS, runTests, testsOf } from './breaks/run-tests.ts';

/** Each copy tries one break after the other. */
const COPIES = 2;
const NO_BREAK = /^(ReferenceError|SyntaxError)/;

const HANG = `no test ended for ${HANG_MS / 60_000} minutes`;

const root = join(import.meta.dirname, '..');
const words = process.argv.slice(2).join(' ');
const chosen = BREAKS.filter(({ rule }) => rule.includes(words));
const home = mkdtempSync(join(tmpdir(), 'rotor-breaks-'));

/** Rules whose test is not green in the unbroken tree, so a break cannot turn it red. */
async function notGreen(copy: string): Promise<ReadonlySet<RuleBreak>> {
  const report = await runTests(copy, [...new Set(chosen.map((each) => each.tests))]);
  if (report === 'hung') throw new Error(`the unbroken tests hang: ${HANG}`);
  const faulty = chosen.filter(({ tests: file, test }) => {
    const isThere = (status: string): boolean =>
      testsOf(report, file, status).some(({ fullName }) => fullName.includes(test));
    return !isThere('passed') || isThere('failed');
  });
  return new Set(faulty);
}

/** Result of a break in one line: `caught`, or `MISSED` and why. */
async function tryBreak(copy: string, broken: RuleBreak): Promise<string> {
  const { rule, file, find, put, tests: testFile, test } = broken;
  const path = join(copy, file);
  const whole = readFileSync(path, 'utf8');
  const [before, after, ...more] = whole.split(find);
  if (before === undefined || after === undefined || more.length > 0) {
    return `MISSED  ${rule}: its text does not stand exactly once in ${file}`;
  }
  writeFileSync(path, `${before}${put}${after}`);
  const pattern = test.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');
  const report = await runTests(copy, [testFile, '-t', pattern, '--bail=1']);
  writeFileSync(path, whole);
  // A break may make a test hang; that does not count as a red test.
  if (report === 'hung') return `MISSED  ${rule}: ${testFile} hangs: ${HANG}`;
  const red = testsOf(report, testFile, 'failed')[0];
  const said = red?.failureMessages[0] ?? report.testResults[0]?.message ?? '';
  // A file that cannot be loaded, or a missing name, breaks no rule.
  if (red && !NO_BREAK.test(said)) return `caught  ${rule}  by ${red.fullName}`;
  return `MISSED  ${rule}${said ? `: ${said.split('\n')[0]}` : ''}`;
}

const results: string[] = [];

function tell(line: string): void {
  results.push(line);
  console.log(line);
}

async function work(copy: string, left: RuleBreak[]): Promise<void> {
  for (let next = left.shift(); next; next = left.shift()) tell(await tryBreak(copy, next));
}

try {
  const copies = Array.from({ length: COPIES }, (_, index) => join(home, `copy-${index + 1}`));
  for (const copy of copies) copyTree(root, copy);
  const without = await notGreen(copies[0] ?? root);
  for (const { rule, tests: file, test } of without) {
    tell(`MISSED  ${rule}: no test "${test}" is green in ${file} before the break`);
  }
  const left = chosen.filter((each) => !without.has(each));
  await Promise.all(copies.map((copy) => work(copy, left)));
} finally {
  rmSync(home, { recursive: true, force: true });
}

const caught = results.filter((line) => line.startsWith('caught')).length;
console.log(`${caught} caught, ${results.length - caught} missed`);
process.exitCode = caught === results.length && caught > 0 ? 0 : 1;
