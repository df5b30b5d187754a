import { describe, expect, it } from 'vitest';
import type { Post } from '#bot/post.ts';
import { linePost } from '#bot/posts/line.ts';
import { reportPosts } from '#bot/posts/report.ts';
import type { Entry } from '#core/domain/entry.ts';
import { cents, dollars, epochMs, sessionDate, ticker } from '#core/domain/units.ts';
import type { ReportView } from '#core/views/report.ts';

const COSTS = {
  slippage: undefined,
  slippageBps: undefined,
  fees: cents(0),
  orders: 0,
  traded: cents(0),
};

/** A quiet week; what is not named is not known. */
function view(overrides: Partial<ReportView> = {}): ReportView {
  return {
    mode: 'PAPER',
    accountNumber: 'PA3XXXXXXXXX',
    period: { kind: 'week', key: '2026-W47' },
    from: sessionDate('2026-11-13'),
    to: sessionDate('2026-11-20'),
    closes: 5,
    missed: 0,
    over: true,
    provisional: false,
    equity: dollars(101_500),
    cash: dollars(500),
    whole: undefined,
    estimatedDividends: cents(0),
    hasDividends: true,
    flows: { deposited: cents(0), withdrawn: cents(0) },
    you: 0.015,
    spy: 0.01,
    alpha: 0.005,
    drawdown: 0.02,
    belowPeak: 0,
    contribution: undefined,
    costs: COSTS,
    shortfall: undefined,
    checked: undefined,
    turnover: 0,
    points: [],
    months: [],
    ...overrides,
  };
}

const textOf = (posts: readonly Post[]): string => JSON.stringify(posts);

describe('a close that is not official yet', () => {
  it.each(['day', 'week'] as const)(
    'is marked provisional in the report of its %s, and only then',
    (kind) => {
      const period = { kind, key: kind === 'day' ? '2026-11-20' : '2026-W47' };
      expect(textOf(reportPosts(view({ period, provisional: true })))).toContain('**Provisional**');
      expect(textOf(reportPosts(view({ period })))).not.toMatch(/provisional/i);
    },
  );
});

const MONTH = { kind: 'month', key: '2026-11' } as const;

describe('a week', () => {
  it('without trades, deposits and withdrawals is one line', () => {
    const posts = reportPosts(view());
    expect(posts).toHaveLength(1);
    expect(posts[0]?.embeds[0]).toMatchObject({
      title: 'Week 2026-W47',
      description: 'You **+1.50%** · SPY **+1.00%** · Alpha **+0.50%**',
    });
    expect([posts[0]?.embeds[0]?.fields, posts[0]?.chart]).toEqual([undefined, undefined]);
  });

  it.each([
    ['something was traded', { costs: { ...COSTS, orders: 1, traded: dollars(10) } }],
    ['money came', { flows: { deposited: dollars(1), withdrawn: cents(0) } }],
    ['a close was missed', { missed: 1 }],
  ] as const)('in which %s says what moved it and where to find the tables', (_, overrides) => {
    const [post] = reportPosts(view(overrides));
    expect(post?.embeds[0]?.title).toBe('Week 2026-W47');
    expect(post?.embeds[0]?.description).toContain('Equity $101,500.00');
    expect(post?.embeds[0]?.footer?.text).toContain('/report has the tables');
  });

  it('with trades or deposits gives their amounts and costs', () => {
    const costs = {
      ...COSTS,
      orders: 2,
      traded: dollars(10),
      slippage: dollars(1),
      slippageBps: 2,
    };
    const flows = { deposited: dollars(5_000), withdrawn: cents(0) };
    const text = textOf(reportPosts(view({ costs, flows, turnover: 0.25 })));
    expect(text).toContain('in $5,000.00 · 2 orders, turnover 25.0%');
    expect(text).toContain('slippage cost $1.00, 2.0 bps against the decision price, fees $0.00');
  });
});

describe('the message of a report', () => {
  it('of a month gives the costs of its rebalances against the model, by cause', () => {
    const parts = { delay: cents(1_050), impact: cents(-200), fees: cents(12), unfilled: cents(0) };
    const text = textOf(reportPosts(view({ period: MONTH, shortfall: parts })));
    expect(text).toContain(
      'delay $10.50\\nspread and impact −\u2060$2.00\\nfees $0.12\\nnot filled $0.00\\ntotal $8.62',
    );
  });

  it('is one line and what moved it for a day', () => {
    const gains = [
      { of: ticker('XLK'), gain: dollars(123.4) },
      { of: ticker('XLF'), gain: dollars(-45) },
    ];
    const contribution = {
      byTicker: gains,
      byModel: [],
      rest: cents(0),
      total: dollars(78.4),
      base: dollars(100_000),
    };
    const [post, ...more] = reportPosts(
      view({ period: { kind: 'day', key: '2026-11-20' }, belowPeak: 0.0123, contribution }),
    );
    expect(more).toEqual([]);
    expect(post?.embeds[0]?.description).toBe(
      'You **+1.50%** · SPY **+1.00%** · Alpha **+0.50%**\nEquity $101,500.00 · 1.23% below its peak\nXLK +\u2060$123, XLF −\u2060$45',
    );
    expect(post?.embeds[0]?.fields).toBeUndefined();
  });

  it('names its period first if closes in it were not recorded', () => {
    const missed = view({ period: { kind: 'day', key: '2026-11-20' }, missed: 4 });
    expect(reportPosts(missed)[0]?.embeds[0]?.description?.split('\n')[0]).toBe(
      '-# 2026-11-13 to 2026-11-20: 4 closes were not recorded between',
    );
    expect(textOf(reportPosts(view({ missed: 1 })))).toContain('5 closes, 1 missed');
  });

  it('has a line of its own for closes that are lost', () => {
    const sessions = [sessionDate('2024-07-03'), sessionDate('2024-07-05')];
    const entry: Entry = {
      kind: 'missed-closes',
      sessions,
      reason: 'the account has changed since',
    };
    const post = linePost({ seq: 1, at: epochMs(0), entry }, 'PAPER');
    expect(post?.embeds[0]?.description).toContain(
      'The close of 2024-07-03 to 2024-07-05 (2) was not recorded: the account has changed since.',
    );
  });

  it('says that a value is unknown instead of 0', () => {
    const text = textOf(
      reportPosts(
        view({
          ...{ you: undefined, alpha: undefined, drawdown: undefined, turnover: undefined },
          period: MONTH,
        }),
      ),
    );
    expect(text).toContain('You **–** · SPY **+1.00%** · Alpha **–**');
    expect(text).toContain('deepest in period –');
    expect(text).toContain('turnover –');
    expect(text).toContain('no trades');
    expect(text).toContain('Contribution unknown');
  });

  it('names a cost and a saving by word', () => {
    const costs = (slippage: number) =>
      textOf(
        reportPosts(
          view({
            period: MONTH,
            costs: { ...COSTS, orders: 1, slippage: dollars(slippage), slippageBps: slippage / 10 },
          }),
        ),
      );
    expect(costs(35)).toContain('slippage cost $35.00\\n3.5 bps against the decision price');
    expect(costs(-35)).toContain('slippage gain $35.00\\n3.5 bps');
  });

  it('has the chart of all months only after a month', () => {
    const months = [{ month: '2026-11', you: 0.015, spy: 0.01, alpha: 0.005 }];
    const period = { kind: 'month', key: '2026-11' } as const;
    expect(reportPosts(view({ months }))).toHaveLength(1);
    expect(reportPosts(view({ months, period })).map(({ chart }) => chart?.name)).toEqual([
      undefined,
      'months.png',
    ]);
  });

  it('says if a period is not over, and names deposits and withdrawals', () => {
    const text = textOf(
      reportPosts(view({ over: false, flows: { deposited: dollars(5), withdrawn: cents(0) } })),
    );
    expect(text).toContain('5 closes, not over yet');
    expect(text).toContain('in $5.00');
  });
});
