import { describe, expect, it } from 'vitest';
import { barsIn, barsText, limitsIn, limitsText } from '#core/decide/inputs.ts';
import { ticker } from '#core/domain/units.ts';
import { MODELS } from '#models/list.ts';
import { changed, history } from '#tests/support/bars.ts';
import { decisionInput, LIMITS, RULES } from '#tests/support/deciding.ts';

const SPY = ticker('SPY');
const longer = (count: number) =>
  changed(decisionInput().bars, 'SPY', () => history('SPY', (index) => 100 + index, { count }));

describe('the bars that are kept with a decision', () => {
  it('are read again as they were, every column of them', () => {
    const input = decisionInput();
    const kept = barsIn(barsText(input));
    for (const [name, { dates, ...columns }] of kept) {
      const { dates: all, ...whole } = input.bars.get(name) ?? history('XLK', () => 1);
      const start = all.length - dates.length;
      expect(dates).toEqual(all.slice(start));
      for (const column of ['open', 'high', 'low', 'close', 'volume'] as const) {
        expect(columns[column]).toEqual(whole[column].slice(start));
      }
    }
    expect(kept.size).toBe(input.bars.size);
  });

  it('are eight sessions more than the longest window reads, or all there are', () => {
    const rows = (bars = longer(900), models = MODELS) =>
      barsIn(barsText(decisionInput({ bars, models }))).get(SPY)?.dates.length;
    expect(rows()).toBe(208);
    expect([207, 208].map((count) => rows(longer(count)))).toEqual([207, 208]);
    const [model] = MODELS;
    if (!model) throw new Error('no model');
    const slow = { ...model, parameters: { ...model.parameters, lookback: 252 } };
    expect(rows(longer(900), [...MODELS, slow])).toBe(261);
    const input = decisionInput({ bars: longer(900), shadows: [slow] });
    expect(barsIn(barsText(input)).get(SPY)?.dates.length).toBe(261);
  });

  it('end on the as-of date, and lack what was not there', () => {
    const input = decisionInput();
    const asOf = input.bars.get(SPY)?.dates.at(-6);
    if (!asOf) throw new Error('no date');
    expect(
      barsIn(barsText({ ...input, asOf }))
        .get(SPY)
        ?.dates.at(-1),
    ).toBe(asOf);
    const bars = changed(input.bars, 'SPY', () => undefined);
    expect(barsIn(barsText({ ...input, bars })).has(SPY)).toBe(false);
  });
});

describe('the limits that are kept with a decision', () => {
  it('are read again with the moves that were accepted, or none', () => {
    const acceptedMoves = ['XLE:2020-03-09'];
    const input = { limits: LIMITS, rules: RULES };
    expect(limitsIn(limitsText({ ...input, acceptedMoves }))).toEqual({ ...input, acceptedMoves });
    expect(limitsIn(limitsText(input))).toEqual({ ...input, acceptedMoves: [] });
  });
});
