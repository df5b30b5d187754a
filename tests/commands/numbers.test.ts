import { describe, expect, it } from 'vitest';
import type { Command, Context } from '#bot/interactions/command.ts';
import { faultsOf, type Post } from '#bot/post.ts';
import { explain } from '#commands/explain.ts';
import { COMMANDS } from '#commands/list.ts';
import { models } from '#commands/models.ts';
import { performance } from '#commands/performance.ts';
import { rankings } from '#commands/rankings.ts';
import { regime } from '#commands/regime.ts';
import { report } from '#commands/report.ts';
import type { Entry } from '#core/domain/entry.ts';
import { MODELS } from '#models/list.ts';
import { market } from '#tests/support/bars.ts';
import { leapingClock } from '#tests/support/clock.ts';
import { decided } from '#tests/support/deciding.ts';
import {
  account,
  baseline,
  carriedOut,
  close,
  handEngine,
  NOW,
  observation,
} from '#tests/support/desk.ts';
import { memoryJournal } from '#tests/support/journal.ts';

const MADE = decided();
/** A desk with a decision of June 2024 and two weeks of November 2026 behind it. */
const STORY: readonly Entry[] = [
  baseline(),
  ...carriedOut(MADE),
  close('2026-11-12', 101_000, 606),
  close('2026-11-13', 102_000, 600),
  close('2026-11-16', 101_000, 606),
  close('2026-11-20', 104_000, 612),
];

function house(entries: readonly Entry[] = STORY) {
  const clock = leapingClock(NOW);
  const journal = memoryJournal(clock);
  journal.append(...entries);
  const engine = { ...handEngine(journal, clock), bars: () => market() };
  engine.see(observation({ account: account(105_000) }));
  const context = (options: Readonly<Record<string, string>>): Context => ({
    engine,
    models: MODELS,
    commands: COMMANDS,
    asker: { id: 'i', name: 'ines', bot: false, roleIds: [], guildId: 'g', channelId: 'c' },
    discord: { connected: true, lagMs: 40, missing: [], owed: 0, problem: undefined },
    settings: [],
    options: new Map(Object.entries(options)),
    now: { market: NOW, wall: NOW },
  });
  const ask = async (
    command: Command,
    options: Readonly<Record<string, string>> = {},
  ): Promise<Post> => {
    const told = await command.run(context(options), '');
    if ('form' in told) throw new Error('expected an answer, found a form');
    expect(faultsOf(told.post)).toEqual([]);
    return told.post;
  };
  const complete = (command: Command, typed: string, option: string): readonly string[] =>
    (command.complete?.(context({}), typed, option) ?? []).map(({ value }) => value);
  return { ask, complete };
}

const textOf = (post: Post): string => JSON.stringify(post);

describe('/performance', () => {
  it('shows every window in one table, with a dash if the account is too young', async () => {
    const post = await house().ask(performance);
    const body = post.embeds[0]?.description ?? '';
    for (const name of ['1D', '1W', 'MTD', 'YTD', '1Y', 'ALL']) expect(body).toContain(`\n${name}`);
    expect(body).toMatch(/\n1Y +– +– +–\n/);
    expect(body).toMatch(/\nALL† +\+5\.00% +0\.00% +\+5\.00%\n/);
    for (const { id } of MODELS) expect(body).toContain(id);
    expect(post.chart?.name).toBe('alpha.png');
  });

  it('shows one window with both sides', async () => {
    const post = await house().ask(performance, { window: 'since start' });
    expect(post.embeds[0]?.title).toContain('since start');
    expect(post.embeds[0]?.description).toMatch(/Return +\+5\.00% +0\.00%/);
  });

  it.each(['alpha', 'drawdown', 'months'] as const)('draws %s when requested', async (chart) => {
    const post = await house().ask(performance, { chart });
    expect(post.chart?.name).toBe(`${chart}.png`);
  });

  it('draws months with the same numbers as text', async () => {
    const { chart } = await house().ask(performance, { chart: 'months' });
    expect(chart?.alt).toContain('2026-11 +4.00% (SPY +2.00%)');
  });

  it('draws no weights if positions were not recorded', async () => {
    expect((await house().ask(performance, { chart: 'weights' })).chart).toBeUndefined();
  });

  it('rejects any other window or chart', async () => {
    expect((await house().ask(performance, { window: '5Y' })).content).toContain('no such window');
    expect((await house().ask(performance, { chart: 'pie' })).content).toContain('no such chart');
  });

  it('has a sentence for an account without a history', async () => {
    const post = await house([]).ask(performance);
    expect(textOf(post)).toContain('nothing to compare yet');
    expect(post.chart).toBeUndefined();
  });
});

describe('/rankings', () => {
  it('draws the bars of the last table, with its cut-off', async () => {
    const post = await house().ask(rankings);
    expect(post.embeds).toHaveLength(2);
    expect(post.chart?.alt).toContain('Momentum over 80 sessions');
    expect(post.chart?.alt).toContain('cut-off +4.00%');
  });

  it('shows one model, active or not, and rejects any other', async () => {
    const bear = await house().ask(rankings, { model: 'SectorRotationBear_v1' });
    expect(bear.embeds.map(({ title }) => title)).toEqual(['Rankings · SectorRotationBear_v1']);
    expect((await house().ask(rankings, { model: 'x' })).content).toContain('no such model');
    expect(house().complete(rankings, 'bear', 'model')).toEqual(['SectorRotationBear_v1']);
  });
});

describe('/report', () => {
  it('shows the last day unless a period is named', async () => {
    const { ask } = house();
    expect((await ask(report)).embeds[0]?.title).toContain('Fri 2026-11-20');
    const week = await ask(report, { period: '2026-W46' });
    expect(week.embeds[0]?.title).toBe('Week 2026-W46');
    expect(week.embeds[0]?.description).toContain(
      'You **+2.00%** · SPY **0.00%** · Alpha **+2.00%**',
    );
  });

  it('says how a period is written instead of having no close in a year', async () => {
    for (const period of ['2026', 'last week', '2026-11-20 ', '2026-w46']) {
      const { content = '' } = await house().ask(report, { period });
      expect(content.startsWith('Write a day, a week or a month as')).toBe(
        ['2026', 'last week'].includes(period),
      );
      expect(content).not.toContain('no close');
    }
  });

  it('says so if there is no close', async () => {
    expect((await house().ask(report, { period: '2025-01' })).content).toContain(
      'no close in this period',
    );
    expect((await house().ask(report, { period: '@everyone' })).content).not.toContain('@everyone');
    expect((await house([]).ask(report)).content).toContain('nothing to report');
  });

  it('completes to the existing periods, newest first', () => {
    const { complete } = house();
    expect(complete(report, '', 'period')).toEqual([
      '2026-11',
      '2026-W47',
      '2026-11-20',
      '2026-11-16',
      '2026-W46',
      '2026-11-13',
      '2026-11-12',
    ]);
    expect(complete(report, 'week', 'period')).toEqual(['2026-W47', '2026-W46']);
  });
});

describe('/explain', () => {
  it('shows the whole record of a decision and attaches it', async () => {
    const post = await house().ask(explain, { decision: MADE.id });
    const text = textOf(post);
    for (const vote of MADE.votes) expect(text).toContain(vote.id);
    for (const order of MADE.plan.orders) expect(text).toContain(order.ticker);
    for (const { lookback } of MADE.rankings) expect(text).toContain(`${lookback}d`);
    expect(JSON.parse(post.file?.text ?? '').id).toBe(MADE.id);
  });

  it('shows a ticker in a decision', async () => {
    const text = textOf(await house().ask(explain, { ticker: 'XLK', decision: MADE.id }));
    expect(text).toContain(`In **${MADE.id}**`);
    expect(text).toContain('not held when it was decided');
  });

  it('asks for a missing name, and accepts only decisions that were made', async () => {
    expect((await house().ask(explain)).content).toContain('Name a ticker');
    expect((await house().ask(explain, { decision: 'x' })).content).toContain('no such decision');
  });

  it('completes tickers by sector, and decisions', () => {
    const { complete } = house();
    expect(complete(explain, 'ener', 'ticker')).toEqual(['XLE']);
    expect(complete(explain, '', 'decision')).toEqual([MADE.id]);
    expect(complete(explain, 'weekly', 'decision')).toEqual([]);
  });
});

describe('/models and /regime', () => {
  it('show which models are active and why, and their allocations', async () => {
    const text = textOf(await house().ask(models));
    expect(text).toContain('● active, share **75.2%**: always active');
    expect(text).toContain('○ inactive: active in bear markets only, now it is bull');
    expect(text).toContain('Today it wants XLK 33%, XLF 33%, XLE 33%');
    expect(text).toContain(`Mon 2026-11-23 09:41 ET, complete: ${MADE.id}`.slice(15));
  });

  it('show the distance to a change of regime, which is unknown if bars are missing', async () => {
    const text = textOf(await house().ask(regime));
    expect(text).toContain('▲ Bull');
    expect(text).toContain('$539.00\\nto $561.00');
    expect(text).toContain('or earlier');
  });
});
