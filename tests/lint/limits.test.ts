import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { longestChain, within } from '../../scripts/measure/graph.ts';
import { COMPLEX, LONG_LINES, summarize } from '../../scripts/measure/summary.ts';
import { measureWorkingTree } from '../../scripts/measure/tree.ts';

/** Functions over a limit that are there today: never to be raised. */
const LONG_TODAY = 0;
const COMPLEX_TODAY = 14;

/** The most files that one chain of imports inside of a folder may go through. */
const MOST_LEVELS: readonly (readonly [folder: string, levels: number])[] = [
  ['src/core/engine', 8],
  ['src/core/market', 8],
  ['src/bot', 8],
];

const tree = measureWorkingTree(resolve(import.meta.dirname, '../..'));

describe('the functions of src, sandbox and scripts', () => {
  const { long, complex } = summarize(tree);

  it(`with more than ${LONG_LINES} lines do not increase in number`, () => {
    expect(long.length, long.join('\n')).toBeLessThanOrEqual(LONG_TODAY);
  });

  it(`with a complexity over ${COMPLEX} do not increase in number`, () => {
    expect(complex.length, complex.join('\n')).toBeLessThanOrEqual(COMPLEX_TODAY);
  });
});

describe('a chain of imports', () => {
  const graph = new Map([...tree].map(([file, { targets }]) => [file, targets]));

  it.each(MOST_LEVELS)('inside of %s goes through at most %d files', (folder, levels) => {
    const chain = longestChain(within(graph, (file) => file.startsWith(`${folder}/`)));
    expect(chain.length, chain.join('\n')).toBeGreaterThan(1);
    expect(chain.length, chain.join('\n')).toBeLessThanOrEqual(levels);
  });
});
