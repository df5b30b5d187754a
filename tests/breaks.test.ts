import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { BREAKS } from './breaks.ts';

const at = (path: string): URL => new URL(`../${path}`, import.meta.url);
const occurrences = (text: string, part: string): number => text.split(part).length - 1;

/** Values that a table of cases puts into a title. */
const PLACEHOLDER = /%[sdifj]|\$\{[^}]*\}|\$[\w.]+/;

/** Whether the title, or a template of it, stands in the text of a test file. */
function hasTitle(source: string, title: string): boolean {
  const text = source.replaceAll(/\\(['`])/g, '$1');
  if (text.includes(title)) return true;
  const found = pieces(text, title);
  const lines = text.split('\n').filter((line) => PLACEHOLDER.test(line));
  const isPart =
    found.length <= 3 && found.some((each) => lines.some((line) => line.includes(each)));
  return isPart || lines.some((line) => templatesIn(line).some((each) => each.test(title)));
}

/** The title cut into the longest parts that stand in the text. */
function pieces(text: string, title: string): readonly string[] {
  const words = title.split(' ');
  const found: string[] = [];
  for (let from = 0; from < words.length; ) {
    let to = words.length;
    while (to > from + 1 && !text.includes(words.slice(from, to).join(' '))) to -= 1;
    found.push(words.slice(from, to).join(' '));
    from = to;
  }
  return found;
}

const escaped = (part: string): string => part.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);

function templatesIn(line: string): readonly RegExp[] {
  const texts = [...line.matchAll(/(['"`])((?:(?!\1).)* (?:(?!\1).)*)\1/g)].map(
    ([, , each = '']) => each,
  );
  return texts
    .filter((each) => PLACEHOLDER.test(each))
    .map((each) => new RegExp(each.split(PLACEHOLDER).map(escaped).join('.*')));
}

describe('the breaks of `npm run break-test`', () => {
  it('are at least 30, each a rule of its own and a change', () => {
    expect(BREAKS.length).toBeGreaterThanOrEqual(30);
    expect(new Set(BREAKS.map(({ rule }) => rule)).size).toBe(BREAKS.length);
    expect(BREAKS.filter(({ find, put }) => find === put)).toEqual([]);
  });

  it.each(BREAKS)('$rule: its text stands once in $file', ({ file, find }) => {
    expect(occurrences(readFileSync(at(file), 'utf8'), find)).toBe(1);
  });

  it('name test files that exist', () => {
    expect(BREAKS.filter(({ tests }) => !existsSync(at(tests)))).toEqual([]);
  });

  it('name a test that stands in its file', () => {
    const lost = BREAKS.filter(
      ({ tests, test }) => !hasTitle(readFileSync(at(tests), 'utf8'), test),
    );
    expect(lost.map(({ tests, test }) => `${tests}: ${test}`)).toEqual([]);
  });
});
