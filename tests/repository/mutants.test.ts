import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import { EQUIVALENT } from '../../scripts/mutants/equivalent.ts';
import { mutantsOf } from '../../scripts/mutants/mutants.ts';
import { relatedTests } from '../../scripts/mutants/related-tests.ts';
import { isListed, reportText, scoreOf } from '../../scripts/mutants/report.ts';
import { createSwitch, EndlessLoop } from '../../scripts/mutants/switch.ts';
import { withSwitches } from '../../scripts/mutants/switched-text.ts';

const root = join(import.meta.dirname, '../..');
const changes = (code: string): readonly string[] =>
  mutantsOf('a.ts', code).map(({ from, to }) => `${from} → ${to}`);

describe('the mutants of a text', () => {
  it.each<[string, readonly string[]]>([
    ['f(a < b);', ['f(a < b) → undefined', 'a < b → true', 'a < b → false', 'a < b → a <= b']],
    ['const x = () => a && b;', ['a && b → a', 'a && b → b']],
    ['const x = () => a ?? b;', ['a ?? b → a', 'a ?? b → b']],
    ['const x = () => a + 1;', ['a + 1 → a - 1', '1 → 0']],
    ['const x = () => Math.min(a, b);', ['Math.min(a, b) → Math.max(a, b)']],
    ['const x = () => Math.abs(a - b);', ['Math.abs(a - b) → a - b', 'a - b → a + b']],
    ['const x = () => all.filter(f);', ['all.filter(f) → all']],
    ['const x = () => (a ? 0 : b);', ['a → true', 'a → false', '0 → 1']],
    ['const x = () => ({ ...a, b: c });', ['{ ...a, b: c } → {...a}']],
    ["const x = new Set(['a', 'b']);", ["['a', 'b'] → ['b']", "['a', 'b'] → ['a']"]],
    ['const DAY_MS = 24 * 60 * 60_000;', ['24 * 60 * 60_000 → 0']],
    ['x += 1;', ['x += 1 → undefined', 'x += 1 → x -= 1', '1 → 0']],
  ])('of %s', (code, expected) => {
    expect(changes(code)).toEqual(expected);
  });

  it('exclude types, imports, texts and the ends of a chain', () => {
    const code =
      "import a from 'b';\ntype A = 1 | 2;\nconst x = a + 'c';\nconst y = a?.filter(b).length as 1;";
    expect(changes(code)).toEqual([]);
  });

  it('exclude fallbacks for an element that always exists', () => {
    expect(changes('const x = () => list[place] ?? 0;')).toEqual(['list[place] ?? 0 → 0']);
  });
});

describe('a text with switches', () => {
  const code =
    'globalThis.found = [1, 2, 3].filter((x) => x > 1 && x < 3).map((x) => Math.max(x, 2));';
  const mutants = mutantsOf('a.ts', code);
  const withOn = (on: number | undefined): string => {
    const context = { __mutants: createSwitch(on), found: undefined as unknown };
    runInNewContext(withSwitches('a.ts', code, mutants), context);
    return JSON.stringify(context.found);
  };

  it('behaves as before while none is active, and as the mutant while that is active', () => {
    expect(withOn(undefined)).toBe('[2]');
    const found = mutants.map(({ id, from, to }) => [`${from} → ${to}`, withOn(id)]);
    expect(Object.fromEntries(found)).toMatchObject({
      'x > 1 && x < 3 → x > 1': '[2,3]',
      'x > 1 && x < 3 → x < 3': '[2,2]',
      'x < 3 → x <= 3': '[2,3]',
      'x > 1 → x >= 1': '[2,2]',
      'Math.max(x, 2) → Math.min(x, 2)': '[2]',
    });
  });

  it('has one at every place, also within texts', () => {
    const text = ['const x = (a, b) => `', '{a ?? b} and ', '{a < b ? 1 : 2}`;'].join('$');
    const all = mutantsOf('a.ts', text);
    const found = withSwitches('a.ts', text, all);
    expect(all.length).toBeGreaterThan(5);
    for (const { id } of all) expect(found).toMatch(new RegExp(`__[mp]\\(${id}\\)`));
  });

  it('records as reached only the mutants with which an expression has another value', () => {
    const text = 'globalThis.found = [1, 3].map((x) => x > 2 && x < 9);';
    const all = mutantsOf('a.ts', text);
    const switches = createSwitch(undefined);
    runInNewContext(withSwitches('a.ts', text, all), { __mutants: switches });
    const met = switches.met();
    const reached = all.filter(({ id }) => met.includes(id));
    expect(reached.map(({ from, to }) => `${from} → ${to}`)).toContain('x > 2 && x < 9 → x < 9');
    expect(reached.map(({ to }) => to)).not.toContain('x > 2');
  });

  it('changes a constant of the file where it is used, so that the file need not be loaded again', () => {
    const text = 'const DAYS = 5;\nglobalThis.found = () => 2 + DAYS;';
    const context = { __mutants: createSwitch(undefined), found: (): number => 0 };
    runInNewContext(withSwitches('a.ts', text, mutantsOf('a.ts', text)), context);
    expect(context.found()).toBe(7);
    const ids = mutantsOf('a.ts', text).flatMap(({ id, from }) => (from === '5' ? [id] : []));
    for (const id of ids) context.__mutants.turnOn(id);
    expect([ids.length, context.found()]).toEqual([1, 2]);
  });

  it('records the mutants reached, and ends an endless loop', () => {
    const switches = createSwitch(undefined);
    for (const id of [3, 5, 3]) switches.hit(id);
    expect(switches.met()).toEqual([3, 5]);
    expect(switches.met()).toEqual([]);
    switches.turnOn(4);
    expect([switches.hit(3), switches.hit(4)]).toEqual([false, true]);
    expect(() => {
      for (;;) switches.hit(4);
    }).toThrow(EndlessLoop);
    switches.turnOff();
    expect(switches.hit(4)).toBe(false);
  });
});

describe('the tests of a source', () => {
  it('are the one of its name, then the nearest, fast ones first, and only of its room', () => {
    const imports = new Map(
      Object.entries({
        'src/core/a.ts': [],
        'src/core/b.ts': ['src/core/a.ts'],
        'tests/core/law.test.ts': ['src/core/a.ts', 'fast-check'],
        'tests/core/near.test.ts': ['src/core/a.ts'],
        'tests/core/sub/far.test.ts': ['src/core/b.ts'],
        'tests/core/sub/a.test.ts': [],
        'tests/bot/near.test.ts': ['src/core/a.ts'],
      }).map(([file, targets]) => [file, new Set(targets)] as const),
    );
    const all = [
      'tests/core/sub/a.test.ts',
      'tests/core/near.test.ts',
      'tests/core/law.test.ts',
      'tests/core/sub/far.test.ts',
    ];
    expect(relatedTests(imports, ['src/core/a.ts'], 2)).toEqual(all);
    expect(relatedTests(imports, ['src/core/a.ts'], 1)).toEqual(all.slice(0, 3));
  });
});

describe('the report on mutants', () => {
  it('counts killed mutants without equivalent ones, and names files not run', () => {
    const a = { mutants: 11, killed: 8, equivalent: 1, alive: ['3: a < b → a <= b', '4: 0 → 1'] };
    expect(scoreOf(a)).toBe(80);
    const text = reportText({ 'src/x/a.ts': a }, ['src/x/a.ts', 'src/x/b.ts', 'src/y/c.ts']);
    expect(text).toContain('| `src/x` | 1 of 2 | 11 | 8 | 1 | 2 | 80 % |');
    expect(text).toContain('- `` 3: a < b → a <= b ``');
    expect(text).not.toContain('src/y');
  });

  it('lists as equivalent only existing mutants', () => {
    const gone = EQUIVALENT.filter((each) => {
      const text = readFileSync(join(root, each.file), 'utf8');
      return !mutantsOf(each.file, text).some((mutant) => isListed(each, mutant, text));
    });
    expect(gone).toEqual([]);
  });
});
