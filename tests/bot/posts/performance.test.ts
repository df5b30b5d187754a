import { describe, expect, it } from 'vitest';
import { performancePost } from '#bot/posts/performance.ts';
import { cents, sessionDate } from '#core/domain/units.ts';
import type { PerformanceView, WindowView } from '#core/views/performance.ts';
import { at } from '#tests/core/views/books.ts';

const NONE = {
  gain: 0.01,
  alpha: 0,
  volatility: undefined,
  sharpe: undefined,
  yearly: undefined,
  sortino: undefined,
  calmar: undefined,
  beta: undefined,
  maxDrawdown: undefined,
  deepest: undefined,
};

function textOf(overrides: Partial<WindowView>, only = false): string {
  const window: WindowView = {
    name: 'MTD',
    from: sessionDate('2026-10-30'),
    to: sessionDate('2026-11-27'),
    exact: true,
    sessions: 20,
    missed: 0,
    you: NONE,
    spy: NONE,
    money: undefined,
    models: [],
    ...overrides,
  };
  const view: PerformanceView = {
    mode: 'PAPER',
    at: at('2026-11-27T22:00:00Z'),
    accountNumber: 'PA3XXXXXXXXX',
    source: 'alpaca',
    windows: [window],
    shown: 'MTD',
    points: [],
    weights: [],
    tradable: [],
    shadows: [],
    months: [],
    riskFree: 0.04,
    estimatedDividends: cents(0),
    hasDividends: true,
  };
  return performancePost(view, { only }).embeds[0]?.description ?? '';
}

describe('the performance message', () => {
  it('marks a window in which closes are missing, and says what that means', () => {
    expect(textOf({})).not.toMatch(/†|returns on/);
    expect(textOf({ missed: 2 })).toMatch(/MTD† [\s\S]*† some closes are missing/);
    expect(textOf({ missed: 2, exact: false })).toContain('MTD*†');
  });

  it('says why there is no volatility for a few days', () => {
    expect(textOf({ sessions: 19 })).toContain('need at least 20 returns');
  });

  it('says which risk-free rate the ratios use', () => {
    expect(textOf({})).toContain('risk-free rate of 4.00% a year');
  });

  it('shows an alpha that is the difference of the two numbers next to it', () => {
    const [you, spy] = [
      { ...NONE, gain: -0.005_161 },
      { ...NONE, gain: -0.004_244 },
    ];
    expect(textOf({ you, spy })).toMatch(/MTD +−0\.52% +−0\.42% +−0\.10%/);
    expect(textOf({ you, spy }, true)).toContain('Alpha **−0.10%**');
  });

  it('says how deep and how long the maximum drawdown was, and whether it was recovered', () => {
    const fall = {
      depth: 0.281,
      peak: sessionDate('2020-02-19'),
      trough: sessionDate('2020-03-23'),
      recovered: sessionDate('2020-08-17'),
      sessionsDown: 23,
      sessionsUnder: 125,
    };
    expect(textOf({ you: { ...NONE, deepest: fall } }, true)).toContain(
      'down 28.1% from 2020-02-19 to 2020-03-23 (23 sessions), recovered on 2020-08-17, after 125 sessions',
    );
    const open = { ...fall, recovered: undefined, sessionsUnder: 1 };
    expect(textOf({ you: { ...NONE, deepest: open } }, true)).toContain(
      'not recovered after 1 session',
    );
  });

  it('shows the money-weighted return, and that of the same money in SPY', () => {
    const money = {
      begin: cents(100_000),
      deposited: cents(50_000),
      withdrawn: cents(0),
      you: { worth: cents(160_000), rate: 0.08 },
      spy: { worth: undefined, rate: undefined },
    };
    const text = textOf({ money }, true);
    expect(text).toContain('Money-weighted: You +8.00%, SPY – (from $1,000.00, in $500.00)');
    expect(text).toContain('Your money became $1,600.00; in SPY it would be –.');
  });
});
