import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { compare } from '../../scripts/measure/goals.ts';
import { circlesOf, longestChain } from '../../scripts/measure/graph.ts';
import { measureSource } from '../../scripts/measure/source.ts';
import { type Summary, summarize } from '../../scripts/measure/summary.ts';
import { measureTree } from '../../scripts/measure/tree.ts';

const folder = mkdtempSync(join(tmpdir(), 'rotor-measure-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const longBody = Array.from({ length: 59 }, (_, index) => `  step(${index});`).join('\n');

const FILES: Readonly<Record<string, string>> = {
  'src/bot.ts': "import { a } from '#core/engine/a.ts';\na();\n",
  'src/core/engine/a.ts': [
    "import { b } from './b.ts';",
    "import { v } from '#bot/v.ts';",
    '/** Documented. */',
    'export const a = (): void => b(v);',
  ].join('\n'),
  'src/core/engine/b.ts': `import type { C } from './c.ts';\nexport function b(step: C) {\n${longBody}\n}\n`,
  'src/core/engine/c.ts':
    "import 'node:fs';\nimport type {} from './a.ts';\nexport type C = (index: number) => void;\n",
  'src/bot/v.ts': '// A comment.\n\nexport const v = (): void => {};\n',
  'tests/v.test.ts': "import '#bot/v.ts';\n",
};

function plant(): Summary {
  const aliases = { '#core/*': './src/core/*', '#bot/*': './src/bot/*' };
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ imports: aliases }));
  for (const [file, text] of Object.entries(FILES)) {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    writeFileSync(join(folder, file), text);
  }
  return summarize(measureTree(folder, Object.keys(FILES)));
}

describe('the measures of a tree', () => {
  const summary = plant();

  it('sum files, lines, long functions and exports by folder, without tests', () => {
    expect(Object.keys(summary.folders)).toEqual(['src', 'src/bot', 'src/core/engine']);
    expect(summary.folders['src/bot']).toMatchObject({ files: 1, codeLines: 1, exports: 1 });
    expect(summary.folders['src/core/engine']).toMatchObject({ exports: 3, documented: 1 });
    expect(summary.total).toMatchObject({ files: 5, longFunctions: 1, complexFunctions: 0 });
    expect(summary.tests).toMatchObject({ files: 1, codeLines: 1 });
    expect(summary.long).toEqual(['src/core/engine/b.ts:2 b']);
  });

  it('count files with one importer, excluding tests', () => {
    expect(summary.folders['src/bot']?.oneImporter).toBe(1);
    expect(summary.total.oneImporter).toBe(3);
  });

  it('count a file right in src with the folder of its name as one room', () => {
    expect(summary.rooms).toEqual(['src/bot', 'src/core']);
    expect([summary.arrows, summary.folderArrows]).toEqual([2, 2]);
  });

  it('find a circle closed only by types, and the longest chain of a folder', () => {
    expect(summary.circles).toEqual([
      ['src/core/engine/a.ts', 'src/core/engine/b.ts', 'src/core/engine/c.ts'],
    ]);
    expect(summary.levels['src/core/engine']).toBe(3);
  });

  it('are missed goals when a later tree has a circle or bare exports', () => {
    const missed = compare(summary, summary).filter(({ met }) => met === false);
    expect(missed.map(({ measure }) => measure)).toEqual([
      'lines of code',
      'exports documented, core, %',
      'exports documented, all, %',
      'import circles',
    ]);
  });
});

describe('the measures of a file', () => {
  const measure = (...lines: string[]): ReturnType<typeof measureSource> =>
    measureSource('a.ts', lines.join('\n'));

  it('count lines of code without comments and blank lines', () => {
    const text = ['/* a', 'b */ const a = 1;', '', '// c', "const d = '// e'; // f"];
    expect(measure(...text).codeLines).toBe(2);
  });

  it('count each branch, loop, case and logical operator of a function, but not of nested ones', () => {
    const text = [
      'function outer(a: number, b?: number) {',
      '  for (const c of [a]) if (c && b) return b ?? c;',
      '  switch (a) { case 1: case 2: return 1; default: return (() => (a ? 1 : 2))(); }',
      '}',
    ];
    const found = measure(...text).functions.map(({ name, complexity }) => [name, complexity]);
    expect(found).toEqual([
      ['outer', 7],
      ['<anonymous>', 2],
    ]);
  });

  it('name a function by what it is assigned to', () => {
    const text = ['const a = () => 1;', 'const c = { b() {}, d: () => 2 };'];
    expect(measure(...text).functions.map(({ name }) => name)).toEqual(['a', 'b', 'd']);
  });

  it('call an export documented if a doc comment is directly before it', () => {
    const text = [
      '/** Of the file. */',
      "import './b.ts';",
      '/** Documented. */',
      'export interface A {}',
      '// No doc comment.',
      'export type B = A;',
      '/** Documented where it is declared. */',
      'const c = 1;',
      'export { c };',
      "export { d } from './b.ts';",
    ];
    expect(measure(...text).exports).toEqual([
      { name: 'A', documented: true },
      { name: 'B', documented: false },
      { name: 'c', documented: true },
    ]);
  });

  it('find static, dynamic and type imports and re-exports', () => {
    const text = [
      "import a from './a.ts';",
      "import type { B } from './b.ts';",
      "export type { C } from './c.ts';",
      "const d = (e: import('./e.ts').E) => import('./d.ts');",
    ];
    const found = measure(...text).imports;
    expect(found.map(({ from, typeOnly, line }) => [from, typeOnly, line])).toEqual([
      ['./a.ts', false, 1],
      ['./b.ts', true, 2],
      ['./c.ts', true, 3],
      ['./e.ts', true, 4],
      ['./d.ts', false, 4],
    ]);
  });

  it('are refused for a text that does not parse', () => {
    expect(() => measure('const = 1;')).toThrow(/^a\.ts: /);
  });
});

describe('an import graph', () => {
  const graph = (edges: Readonly<Record<string, string>>): ReadonlyMap<string, Set<string>> =>
    new Map(Object.entries(edges).map(([node, targets]) => [node, new Set(targets)]));

  it('has no circle and a longest chain if it is a tree', () => {
    const tree = graph({ a: 'bc', b: 'd', c: '', d: 'e', e: '' });
    expect(circlesOf(tree)).toEqual([]);
    expect(longestChain(tree)).toEqual(['a', 'b', 'd', 'e']);
  });

  it('reports each circle once, however long', () => {
    const two = graph({ a: 'b', b: 'ca', c: 'a', d: 'e', e: 'd', f: 'a' });
    expect(circlesOf(two)).toEqual([
      ['a', 'b', 'c'],
      ['d', 'e'],
    ]);
  });
});
