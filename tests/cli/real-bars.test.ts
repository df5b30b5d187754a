import { existsSync, readFileSync } from 'node:fs';
import { readdir, symlink } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  rotor,
  rotorProcess,
  SHARED_BARS,
  sharedBarsPresent,
  withFolder,
} from '#tests/support/cli.ts';

const CASES = '../shared/cases/decisions.json';
const DATA = `${SHARED_BARS}/equities`;
const present = sharedBarsPresent && existsSync(CASES);
const NEEDS = '(needs ../shared)';

interface Row {
  readonly rank: number;
  readonly ticker: string;
  readonly momentum: number;
  readonly close: number;
  readonly past: number;
  readonly pastDate: string;
}

interface Case {
  readonly regime: string;
  readonly spy: { readonly close: number; readonly sma200: number };
  readonly rankings126: readonly Row[];
  readonly rankings80: readonly Row[];
  readonly weights: Readonly<Record<string, Readonly<Record<string, number>>>>;
}

const DATES = ['2020-03-23', '2022-06-16', '2023-10-27', '2025-04-08', '2025-11-17'];

const cases: Readonly<Record<string, Case>> = present
  ? JSON.parse(readFileSync(CASES, 'utf8')).cases
  : {};

function caseOf(asOf: string): Case {
  const found = cases[asOf];
  if (!found) throw new Error(`no case as of ${asOf}`);
  return found;
}

const near = (value: number) => expect.closeTo(value, 12);

/** An object whose numbers are compared to 1e-12. */
const nearly = (numbers: Readonly<Record<string, number>>) =>
  Object.fromEntries(Object.entries(numbers).map(([name, value]) => [name, near(value)]));

/** Numbers to 1e-12, everything else exactly. */
const rowOf = (row: Row) => ({
  rank: row.rank,
  ticker: row.ticker,
  momentum: near(row.momentum),
  close: near(row.close),
  past: near(row.past),
  pastDate: row.pastDate,
});

async function json(argv: readonly string[]) {
  const { exit, out, err } = await rotor([...argv, '--json']);
  expect([exit, err]).toEqual([0, '']);
  return JSON.parse(out);
}

describe('on real bars', () => {
  it.skipIf(!present)(`every expected decision is compared ${NEEDS}`, () => {
    expect(Object.keys(cases).sort()).toEqual(DATES);
  });

  describe.each(DATES)('as of %s', (asOf) => {
    for (const lookback of [126, 80] as const) {
      it.skipIf(!present)(`ranks over ${lookback} sessions as expected ${NEEDS}`, async () => {
        const rows = caseOf(asOf)[`rankings${lookback}`].map(rowOf);
        const argv = ['rankings', '--data', DATA, '--as-of', asOf, '--lookback', `${lookback}`];
        expect(await json(argv)).toEqual({ asOf, lookback, rankings: rows, excluded: [] });
      });
    }

    it.skipIf(!present)(`has the expected regime and weights of each model ${NEEDS}`, async () => {
      const expected = caseOf(asOf);
      const found = await json(['decide', '--data', DATA, '--as-of', asOf, '--equity', '100000']);
      expect(found.regime).toMatchObject({
        kind: expected.regime,
        close: near(expected.spy.close),
        mean200: near(expected.spy.sma200),
      });
      const weights = found.models.map((model: { id: string; weights: object }) => [
        model.id,
        model.weights,
      ]);
      const wanted = Object.entries(expected.weights).map(([id, own]) => [id, nearly(own)]);
      expect(Object.fromEntries(weights)).toEqual(Object.fromEntries(wanted));
    });
  });

  it.skipIf(!present)(`a benchmark that is a session behind exits with 3 ${NEEDS}`, async () => {
    const argv = [
      'decide',
      '--data',
      DATA,
      '--as-of',
      '2025-11-24',
      '--equity',
      '100000',
      '--json',
    ];
    const { exit, out, err } = await rotorProcess(argv);
    expect(exit).toBe(3);
    const { noDecision } = JSON.parse(out);
    expect(noDecision.expected).toBe('2025-11-24');
    expect(noDecision.found).toEqual({ SPY: '2025-11-21' });
    expect(noDecision.reason).toContain('SPY: expected 2025-11-24, found 2025-11-21');
    expect(err).toContain('SPY: expected 2025-11-24, found 2025-11-21');
  });

  it.skipIf(!present)(`capitalised files give the same answer ${NEEDS}`, async () => {
    await withFolder(async (folder) => {
      const capitalised = await readdir(`${SHARED_BARS}/capitalised`);
      for (const name of await readdir(DATA)) {
        const from = capitalised.includes(name) ? `${SHARED_BARS}/capitalised` : DATA;
        await symlink(resolve(from, name), join(folder, name));
      }
      // XLU was adjusted on another day there and differs in the seventh digit.
      const asOf = '2025-11-17';
      for (const lookback of ['126', '80']) {
        const argv = ['rankings', '--as-of', asOf, '--lookback', lookback, '--data'];
        expect(await json([...argv, folder])).toEqual(roughly(await json([...argv, DATA])));
      }
      const argv = ['decide', '--as-of', asOf, '--equity', '100000', '--data'];
      expect(await json([...argv, folder])).toEqual(await json([...argv, DATA]));
    });
  });

  it.skipIf(!present)(`a backtest over five years has plausible figures ${NEEDS}`, async () => {
    const range = ['--from', '2020-01-01', '--to', '2024-12-31'];
    const found = await withFolder((folder) =>
      json(['backtest', '--data', DATA, '--state', folder, ...range]),
    );
    expect(found).toMatchObject({ from: '2020-01-02', to: '2024-12-31', sessions: 1258 });
    // Buying SPY and holding it made 14.25 % a year from the first close to the last.
    expect(found.benchmark.cagr).toBeCloseTo(0.1436, 3);
    expect(found.benchmark.maxDrawdown).toBeCloseTo(0.3372, 3);
    expect(found.cagr).toBeGreaterThan(0.05);
    expect(found.cagr).toBeLessThan(0.16);
    expect(found.alpha).toBeCloseTo(found.cagr - found.benchmark.cagr, 12);
  });
});

/** The value with every number compared to 5e-5. */
function roughly(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value), (_, inner) =>
    typeof inner === 'number' ? expect.closeTo(inner, 4) : inner,
  );
}
