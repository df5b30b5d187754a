import { beforeAll, describe, expect, it } from 'vitest';
import { UNDETECTABLE } from './fuzz/mutations.ts';
import { wrongs } from './fuzz/report.ts';
import { type Counted, fuzz, REGIMES } from './fuzz/run.ts';

/** A sample of `npm run fuzz`; FUZZ_FILES and FUZZ_SEED set how many and which. */
const FILES = Number(process.env['FUZZ_FILES'] ?? 400);
const SEED = Number(process.env['FUZZ_SEED'] ?? 1);

let counted: readonly Counted[] = [];
beforeAll(async () => {
  counted = await fuzz({ files: FILES, seed: SEED, now: () => performance.now() });
});

const of = (...regimes: readonly string[]) =>
  counted.filter(({ regime }) => regimes.includes(regime));
const said = (files: readonly Counted[]) =>
  files.map(({ regime, kind, original, outcome }) => `${regime} ${kind} ${original} ${outcome}`);

describe(`${FILES} damaged files of bars (seed ${SEED})`, () => {
  it('covered each way of reading a file', () => {
    expect([...new Set(counted.map(({ regime }) => regime))].sort()).toEqual([...REGIMES].sort());
    expect(counted.length).toBe(FILES);
  });

  it('never gave another number without a data issue, nor blocked a read for two seconds', () => {
    expect(wrongs(counted)).toEqual([]);
  });

  it('with a known hash returned identical rows, or were rejected', () => {
    const good = ['same', 'refused', 'late'];
    const odd = of('listed').filter(({ outcome }) => !good.includes(outcome));
    expect(said(odd)).toEqual([]);
    const touched = of('listed').filter(({ kind }) => kind !== 'nothing');
    expect(touched.filter(({ outcome }) => outcome === 'refused').length).toBeGreaterThan(
      touched.length / 2,
    );
  });

  it('in a damaged list, or in none, returned identical rows or were rejected', () => {
    const odd = of('list').filter(({ outcome }) => !['same', 'refused', 'late'].includes(outcome));
    expect(said([...odd, ...of('found').filter(({ outcome }) => outcome !== 'refused')])).toEqual(
      [],
    );
  });

  it('from elsewhere gave other numbers only where no bar rule can detect it', () => {
    const passed = of('imported').filter(({ outcome }) => outcome === 'different');
    expect(said(passed.filter(({ kind }) => !UNDETECTABLE.has(kind)))).toEqual([]);
  });

  it('were repaired only if rows were repeated, unordered, or too early', () => {
    const kinds = counted.filter(({ outcome }) => outcome === 'repaired').map(({ kind }) => kind);
    const repairs = ['rows repeated', 'shuffled', 'unfinished bar of today'];
    expect([...new Set(kinds)].filter((kind) => !repairs.includes(kind))).toEqual([]);
  });

  it('lost rows only if the file itself ends early or has a gap', () => {
    const kinds = counted.filter(({ outcome }) => outcome === 'fewer').map(({ kind }) => kind);
    expect(
      [...new Set(kinds)].filter((kind) => kind !== 'stale' && kind !== 'rows missing'),
    ).toEqual([]);
  });
});
