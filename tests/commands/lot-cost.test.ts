import { describe, expect, it } from 'vitest';
import type { Context } from '#bot/interactions/command.ts';
import { lotCost } from '#commands/lot-cost.ts';
import { isLine } from '#core/domain/journal-events/table.ts';
import { cents, epochMs, ticker, wholeShares } from '#core/domain/units.ts';
import { leapingClock } from '#tests/support/clock.ts';
import { handEngine, NOW } from '#tests/support/desk.ts';
import { SAMPLES } from '#tests/support/entries.ts';
import { memoryJournal } from '#tests/support/journal.ts';

const ASKER = { id: 'i', name: 'ines', bot: false, roleIds: [], guildId: 'g', channelId: 'c' };

function desk(refusal?: string) {
  const clock = leapingClock(NOW);
  const journal = memoryJournal(clock);
  journal.append({
    kind: 'activity',
    activity: {
      ...{ id: 'in', kind: 'transfer', ticker: ticker('XLV'), qty: wholeShares(5) },
      ...{ cash: cents(0), at: epochMs(NOW - 1) },
    },
  });
  const entered: unknown[] = [];
  const engine = {
    ...handEngine(journal, clock),
    enterLotCost: (...given: readonly unknown[]) => {
      entered.push(given);
      return refusal === undefined
        ? ({ kind: 'accepted' } as const)
        : ({ kind: 'closed', reason: refusal } as const);
    },
  };
  const context = (options: Readonly<Record<string, string | number>>): Context => ({
    ...{
      engine,
      models: [],
      commands: [],
      asker: ASKER,
      settings: [],
      now: { market: NOW, wall: NOW },
    },
    options: new Map(Object.entries(options)),
    discord: { connected: true, lagMs: 1, missing: [], owed: 0, problem: undefined },
  });
  const ask = async (options: Readonly<Record<string, string | number>>) =>
    JSON.stringify(await lotCost.run(context(options), ''));
  return {
    ask,
    entered,
    choices: (typed: string) => lotCost.complete?.(context({}), typed, 'lot'),
  };
}

describe('/lot-cost', () => {
  it('records cost and date, and confirms it privately, while the journal announces it to everybody', async () => {
    const { ask, entered } = desk();
    const said = await ask({ lot: ' XLV-1 ', cost: 412.5, acquired: '2024-03-18' });
    expect(entered).toEqual([['XLV-1', { cost: 41_250, acquired: '2024-03-18' }, 'ines']]);
    expect(said).toContain('$412.50, acquired 2024-03-18');
    expect(lotCost.audience).toBe('asker');
    expect(isLine(SAMPLES['lot-cost'])).toBe(true);
  });

  it('records the parent of a spin-off', async () => {
    const { ask, entered } = desk();
    const said = await ask({ lot: 'XLV-1', cost: 10, from: ' xlf ' });
    expect(entered).toEqual([['XLV-1', { cost: 1_000, acquired: undefined, from: 'XLF' }, 'ines']]);
    expect(said).toContain('taken out of the cost of XLF');
    expect(await ask({ lot: 'XLV-1', cost: 10, from: '<@1>' })).toContain('Write the ticker');
  });

  it('records nothing if the cost or the date is invalid', async () => {
    const { ask, entered } = desk();
    expect(await ask({ lot: 'XLV-1' })).toContain('amount in dollars');
    expect(await ask({ lot: 'XLV-1', cost: -1 })).toContain('amount in dollars');
    expect(await ask({ lot: 'XLV-1', cost: 1, acquired: '03/18/2024' })).toContain('2024-03-18');
    expect(await ask({ lot: 'XLV-1', cost: 1, acquired: '2024-02-30' })).toContain('2024-03-18');
    expect(entered).toEqual([]);
  });

  it('says why a cost is rejected', async () => {
    const said = await desk('There is no lot @everyone.').ask({ lot: 'x', cost: 1 });
    expect(JSON.parse(said).post.content).toMatch(/^There is no lot @\u200beveryone\.$/);
  });

  it('offers the lots that came without a purchase', () => {
    expect(desk().choices('xlv')).toEqual([{ name: 'XLV-1 · 5 shares · no cost', value: 'XLV-1' }]);
    expect(desk().choices('xlk')).toEqual([]);
  });
});
