/**
 * `npm run measure`: size and structure of the code by folder, compared with an older commit and the goals
 * set for it. After `--`: `--at COMMIT` compares with another commit, `--json` prints everything as JSON,
 * `--list` prints the location of everything that is too long, too complex or in a cycle.
 */
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { type Comparison, compare, documentedPercent } from './measure/goals.ts';
import { type Summary, type Sums, summarize } from './measure/summary.ts';
import { measureCommit, measureWorkingTree } from './measure/tree.ts';

/** The tree on which the goals are based. */
const BASE = '35b5fb1';

const { values: options } = parseArgs({
  options: {
    at: { type: 'string', default: BASE },
    json: { type: 'boolean', default: false },
    list: { type: 'boolean', default: false },
  },
});

const row = (name: string, cells: readonly (string | number)[]): string =>
  name.padEnd(34) + cells.map((cell) => String(cell).padStart(9)).join('');

function sumsRow(name: string, sums: Sums): string {
  const { files, codeLines, longFunctions, complexFunctions, oneImporter } = sums;
  const documented = `${documentedPercent([sums])} %`;
  return row(name, [files, codeLines, longFunctions, complexFunctions, documented, oneImporter]);
}

function folderTable({ folders, total, tests }: Summary): readonly string[] {
  return [
    row('folder', ['files', 'lines', '>60 lines', '>10 compl', 'docs', '1 import']),
    ...Object.entries(folders).map(([name, sums]) => sumsRow(name, sums)),
    sumsRow('src + sandbox + scripts', total),
    sumsRow('tests', tests),
  ];
}

function goalTable(at: string, comparisons: readonly Comparison[]): readonly string[] {
  return [
    `${row('measure', [at, 'now'])}  goal`,
    ...comparisons.map(({ measure, before, now, goal, met }) => {
      const verdict = goal === undefined ? '' : `${goal}: ${met ? 'met' : 'MISSED'}`;
      return `${row(measure, [before, now])}  ${verdict}`.trimEnd();
    }),
  ];
}

function places({ long, complex, circles }: Summary): readonly string[] {
  return [
    ...['', 'Functions over 60 lines', ...long],
    ...['', 'Functions of complexity over 10', ...complex],
    ...['', 'Import circles', ...circles.map((circle) => circle.join(' - '))],
  ];
}

const root = join(import.meta.dirname, '..');
const now = summarize(measureWorkingTree(root));
const before = summarize(measureCommit(root, options.at));
const comparisons = compare(before, now);
const text = [...folderTable(now), '', ...goalTable(options.at, comparisons)];
if (options.json)
  console.log(JSON.stringify({ at: options.at, before, now, comparisons }, null, 2));
else console.log([...text, ...(options.list ? places(now) : [])].join('\n'));
