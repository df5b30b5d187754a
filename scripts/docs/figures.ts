/** What the documents count: tests, planned breaks and the shape of the code. */
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { summarize } from '../measure/summary.ts';
import { measureWorkingTree } from '../measure/tree.ts';

const SPECS = /^\s*(?:it|test)(?:\.\w+)*\(/gm;

/** Returns a table of figures of the working tree. */
export function figures(root: string): string {
  const files = globSync('tests/**/*.test.ts', { cwd: root });
  const texts = files.map((file) => readFileSync(join(root, file), 'utf8'));
  const specs = texts.reduce((sum, text) => sum + (text.match(SPECS)?.length ?? 0), 0);
  const breaks = globSync('tests/breaks/*.ts', { cwd: root })
    .map((file) => readFileSync(join(root, file), 'utf8').match(/^\s+find:/gm)?.length ?? 0)
    .reduce((sum, count) => sum + count, 0);
  const { total } = summarize(measureWorkingTree(root));
  const rows: readonly (readonly [string, number])[] = [
    ['test files', files.length],
    ['tests as written, a table of cases counted once', specs],
    ['planned breaks', breaks],
    ['files of src, sandbox and scripts', total.files],
    ['their lines of code', total.codeLines],
    ['functions over 60 lines', total.longFunctions],
    ['exports', total.exports],
    ['exports with a doc comment', total.documented],
  ];
  return ['| figure | count |', '|---|---|', ...rows.map(([what, n]) => `| ${what} | ${n} |`)].join(
    '\n',
  );
}
