/** What studies compute, and that they wait for each other. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { closeDays } from '#core/domain/calendar.ts';
import { dollars, sessionDate } from '#core/domain/units.ts';
import type { Change, NoAnswer, StudyAnswer, StudySection } from '#core/studies.ts';
import { type Compute, createStudies } from '#src/studies/create-studies.ts';
import { runStudy } from '#src/studies/run-study.ts';
import type { StudyPlace } from '#src/studies/setup.ts';
import { market, withRows } from '#tests/support/bars.ts';
import { LIMITS, RULES } from '#tests/support/deciding.ts';

const stateDir = mkdtempSync(join(tmpdir(), 'rotor-studies-'));
afterAll(() => rmSync(stateDir, { recursive: true }));

const PLACE: StudyPlace = {
  stateDir,
  code: 'c1',
  rules: { limits: LIMITS, rules: RULES, acceptedMoves: [] },
};
const BARS = market({ XLK: 0.2, XLE: 0.15, XLV: 0.12, XLF: 0.05 }, { count: 700 });
const NOW = {
  account: { equity: dollars(100_000), cash: dollars(100_000) },
  positions: [],
  prices: new Map(),
};

/** The text of an answer; its reason where there is none. */
function textOf(answer: { readonly sections: readonly StudySection[] } | NoAnswer): string {
  if (!('sections' in answer)) return answer.reason;
  return answer.sections.flatMap(({ title, lines }) => [title, ...lines]).join('\n');
}

async function whatIf(change: Change): Promise<StudyAnswer['what-if'] | NoAnswer> {
  const answer = await runStudy({ kind: 'what-if', bars: BARS, change, now: NOW }, PLACE);
  if (answer.kind !== 'what-if' && answer.kind !== 'refused') throw new Error(answer.kind);
  return answer;
}

describe('a what-if', () => {
  it('shows how today’s plan would change, and nothing if it would not', async () => {
    expect(textOf(await whatIf({ top: 2 }))).toMatch(/XLV +[\d.]+% +[\d.]+%/);
    expect(textOf(await whatIf({ top: 3 }))).toContain('The same weights.');
  });

  it('keeps lines within 32 columns', async () => {
    const lines = textOf(
      await whatIf({ lookback: 90, top: 4, cap: 0.2, leaveOut: 'XLK' as never }),
    );
    expect(lines.split('\n').filter((line) => line.length > 32)).toEqual([]);
  });

  it('can leave out a sector, but not add one without bars', async () => {
    expect(textOf(await whatIf({ leaveOut: 'XLK' as never }))).toMatch(/XLK +[\d.]+% +0\.0%/);
    expect(textOf(await whatIf({ add: 'XYZ' as never }))).toContain('No bars of XYZ');
  });

  it('caps a sector, keeps a reserve, and skips a month', async () => {
    expect(textOf(await whatIf({ cap: 0.1 }))).toMatch(/XLK +[\d.]+% +10\.0%/);
    expect(textOf(await whatIf({ reserve: dollars(50_000) }))).toContain('reserve $50,000');
    expect(textOf(await whatIf({ skip: true }))).toContain('The month would be skipped');
  });

  it('compares a reserve with the one that is set, in dollars invested', async () => {
    const { rules } = PLACE;
    const invested = async (
      reserve: number | undefined,
      limits: object,
    ): Promise<readonly string[]> => {
      const change: Change = reserve === undefined ? { top: 3 } : { reserve: dollars(reserve) };
      const place = { ...PLACE, rules: { ...rules, limits: { ...rules.limits, ...limits } } };
      const answer = await runStudy({ kind: 'what-if', bars: BARS, change, now: NOW }, place);
      if (answer.kind !== 'what-if') throw new Error(answer.kind);
      const told = textOf(answer).replaceAll('\n', ' ');
      const [, ...found] =
        /account \$([\d,]+)\S* is invested now, \$([\d,]+)\S* then/.exec(told) ?? [];
      return found;
    };
    const [whole = ''] = await invested(undefined, {});
    const [now, then] = await invested(50_000, { reserve: dollars(20_000) });
    const dollarsOf = (text = ''): number => Number(text.replaceAll(',', ''));
    expect(dollarsOf(now) / dollarsOf(whole)).toBeCloseTo(0.8, 2);
    expect(dollarsOf(then) / dollarsOf(whole)).toBeCloseTo(0.5, 2);
    const [capped] = await invested(undefined, { maxManaged: dollars(10_000) });
    expect(dollarsOf(capped) / dollarsOf(whole)).toBeCloseTo(0.1, 2);
  });

  it('counts itself and each neighbour that it is compared with', async () => {
    expect(await whatIf({ top: 4 })).toMatchObject({ settings: 18 });
  });
});

describe('a backtest', () => {
  const asked = { kind: 'backtest', bars: BARS, model: 'all' } as const;

  it('gives no annual rates for less than a year', async () => {
    const from = sessionDate('2024-03-01');
    const answer = await runStudy({ ...asked, from }, PLACE);
    expect(answer.kind === 'backtest' && textOf(answer)).toContain('Shorter than a year');
  });

  it('ends with the bars that all tickers have, and rejects an unknown model', async () => {
    const answer = await runStudy(asked, PLACE);
    expect(answer.kind === 'backtest' && textOf(answer)).toContain('- 2024-06-28');
    expect(await runStudy({ ...asked, model: 'x' }, PLACE)).toMatchObject({ kind: 'refused' });
  });
});

describe('the evidence of a short record', () => {
  it('is reported as too short, without an interval', async () => {
    const answer = await runStudy({ kind: 'evidence', bars: BARS, triedBefore: 7 }, PLACE);
    if (answer.kind !== 'evidence') throw new Error(textOf(answer as NoAnswer));
    expect(answer.verdict).toBe('The record is too short to tell.');
    const text = textOf({ sections: Object.values(answer.screens).flat() });
    expect(text).not.toContain('confidence');
    expect(text).toContain('517 settings tried.');
    expect(text).not.toMatch(/PBO|DSR|PSR/);
  });

  it('is rejected if no year is left for selecting settings', async () => {
    const bars = market({}, { count: 300 });
    const answer = await runStudy({ kind: 'evidence', bars, triedBefore: 0 }, PLACE);
    expect(answer).toMatchObject({ kind: 'refused' });
  });
});

describe('studies', () => {
  const PARITY = { kind: 'parity' } as const;

  /** Studies whose answers a test gives by hand. */
  function byHand() {
    const open: PromiseWithResolvers<NoAnswer>[] = [];
    const compute: Compute = () => {
      const asked = Promise.withResolvers<NoAnswer>();
      open.push(asked);
      return asked.promise;
    };
    return { open, studies: createStudies(PLACE, compute) };
  }

  const answerOf = (reason: string): NoAnswer => ({ kind: 'refused', reason });

  it('are computed one at a time', async () => {
    const { open, studies } = byHand();
    const [first, second] = [studies.ask<'parity'>(PARITY), studies.ask<'parity'>(PARITY)];
    await Promise.resolve();
    await Promise.resolve();
    expect(open).toHaveLength(1);
    open[0]?.resolve(answerOf('a'));
    await first;
    await expect.poll(() => open.length).toBe(2);
    open[1]?.resolve(answerOf('b'));
    expect(await second).toEqual(answerOf('b'));
  });

  it('are rejected while too many wait', async () => {
    const { studies } = byHand();
    const asked = Array.from({ length: 6 }, () => studies.ask<'parity'>(PARITY));
    expect(await asked.at(-1)).toMatchObject({ reason: expect.stringContaining('Try again') });
  });

  it('are answered from the cache while the bars are the same', async () => {
    const { open, studies } = byHand();
    const ask = (bars = BARS) => studies.ask<'backtest'>({ kind: 'backtest', bars, model: 'all' });
    const asked = [ask(), ask()];
    await expect.poll(() => open.length).toBe(1);
    open[0]?.resolve(answerOf('once'));
    expect(await Promise.all(asked)).toEqual([answerOf('once'), answerOf('once')]);
    void ask(new Map(BARS));
    await expect.poll(() => open.length).toBe(2);
  });

  it('do not cache failures, so that they can be repeated', async () => {
    const { open, studies } = byHand();
    const ask = () => studies.ask<'backtest'>({ kind: 'backtest', bars: BARS, model: 'all' });
    const failed = ask();
    await expect.poll(() => open.length).toBe(1);
    open[0]?.reject(new Error('out of memory'));
    await expect(failed).rejects.toThrow('out of memory');
    void ask();
    await expect.poll(() => open.length).toBe(2);
  });

  it('give the same answers in a thread of their own', async () => {
    const request = { kind: 'backtest', bars: BARS, model: 'all' } as const;
    expect(await createStudies(PLACE).ask<'backtest'>(request)).toEqual(
      await runStudy(request, PLACE),
    );
  });

  it('know in their thread the days that a person has confirmed as closed', async () => {
    const closed = sessionDate('2023-11-16');
    const bars = new Map(
      [...BARS].map(([name, had]) => [
        name,
        withRows(had, (row) => (row.date === closed ? undefined : row)),
      ]),
    );
    const request = { kind: 'backtest', bars, model: 'all' } as const;
    const studies = createStudies(PLACE);
    expect(await studies.ask<'backtest'>({ ...request })).toMatchObject({ kind: 'refused' });
    closeDays([closed]);
    try {
      const found = await createStudies(PLACE).ask<'backtest'>(request);
      expect(found).not.toMatchObject({ kind: 'refused' });
      expect(found).toEqual(await runStudy(request, PLACE));
    } finally {
      closeDays([]);
    }
  });
});
