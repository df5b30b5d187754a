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
  maxDrawdown: undefined,
};

function textOf(overrides: Partial<WindowView>): string {
  const window: WindowView = {
    name: 'MTD',
    from: sessionDate('2026-10-30'),
    to: sessionDate('2026-11-27'),
    exact: true,
    sessions: 20,
    missed: 0,
    you: NONE,
    spy: NONE,
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
    months: [],
    estimatedDividends: cents(0),
    hasDividends: true,
  };
  return performancePost(view).embeds[0]?.description ?? '';
}

describe('the message of performance', () => {
  it('marks a window in which closes are missing, and says what that means', () => {
    expect(textOf({})).not.toMatch(/†|session returns/);
    expect(textOf({ missed: 2 })).toMatch(/MTD† [\s\S]*† closes inside are missing/);
    expect(textOf({ missed: 2, exact: false })).toContain('MTD*†');
  });

  it('says why there is no volatility of a few days', () => {
    expect(textOf({ sessions: 19 })).toContain('from 20 session returns on');
  });
});
