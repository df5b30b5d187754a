import { describe, expect, it } from 'vitest';
import { clientOrderId } from '#core/domain/order.ts';
import { sessionDate, ticker } from '#core/domain/units.ts';
import { type Instrument, UNIVERSE, withCandidates } from '#core/domain/universe.ts';
import { MODELS } from '#models/list.ts';
import { AS_OF, changed, market } from '#tests/support/bars.ts';
import { decided, undecided } from '#tests/support/deciding.ts';

const [CORE, BULL] = MODELS;
if (!CORE || !BULL) throw new Error('no models');

const foreign = (symbol: string): Instrument => ({
  ...{ ticker: ticker(symbol), sector: symbol, firstSession: sessionDate('2000-01-03') },
});
const COUNTRIES = ['EWA', 'EWC', 'EWD'].map(foreign);
const abroad = { ...CORE, id: 'countries', candidates: COUNTRIES };
const universe = withCandidates(UNIVERSE, [abroad]);
const bars = market({ XLK: 0.2, EWC: 0.3 }, { universe });

describe('an order of a decision', () => {
  it('has an id made of account, decision, ticker, side and its first attempt', () => {
    const { id, plan } = decided();
    const accountId = 'a1b2c3d4-0000-4000-8000-000000000001';
    expect(plan.orders.length).toBeGreaterThan(0);
    for (const { ticker: of, side, decisionId, attempt, clientOrderId: made } of plan.orders) {
      expect([decisionId, attempt]).toEqual([id, 1]);
      expect(made).toBe(clientOrderId({ accountId, decisionId: id, ticker: of, side, attempt: 1 }));
    }
  });
});

describe('rankings', () => {
  it('are made once for each lookback, the longest first, whatever the order of the models', () => {
    const { rankings } = decided({ models: [BULL, CORE, { ...BULL, id: 'second' }] });
    expect(rankings.map(({ lookback, candidates }) => [lookback, candidates])).toEqual([
      [126, undefined],
      [80, undefined],
    ]);
  });

  it('are apart for a model that names its own candidates, and name them', () => {
    const { rankings, votes } = decided({ bars, universe, models: [CORE, abroad] });
    expect(rankings.map(({ candidates, rankings: ranked }) => [candidates, ranked.length])).toEqual(
      [
        [undefined, 11],
        [['EWA', 'EWC', 'EWD'], 3],
      ],
    );
    expect([...(votes[1]?.weights.keys() ?? [])]).toEqual(['EWA', 'EWC', 'EWD']);
  });

  it('need the bars of such candidates too', () => {
    const lacking = changed(bars, 'EWD', () => undefined);
    const found = undecided({ bars: lacking, universe, models: [CORE, abroad] });
    expect([...found.found]).toEqual([['EWD', 'none']]);
  });

  it('of candidates alone ask nothing of the sectors', () => {
    const sectors = UNIVERSE.sectors.map((each) => ({
      ...each,
      firstSession: sessionDate('2030-01-02'),
    }));
    const later = { ...universe, sectors };
    const { rankings } = decided({ bars, universe: later, models: [abroad] });
    expect(rankings).toHaveLength(1);
  });

  it('of a single lookback are none either where every sector is too young', () => {
    const sectors = UNIVERSE.sectors.map((each) => ({
      ...each,
      firstSession: sessionDate('2024-06-03'),
    }));
    const young = { ...UNIVERSE, sectors };
    expect(undecided({ universe: young, models: [CORE] }).found.size).toBe(11);
  });
});

describe('models in the shadow', () => {
  const slow = { ...CORE, id: 'slow', parameters: { ...CORE.parameters, lookback: 252 } };
  const quick = { ...CORE, id: 'quick' };

  it('decide on the same bars; one that they do not let decide is left out, and holds nobody up', () => {
    const { shadows, rankings } = decided({ shadows: [slow, quick] });
    expect(shadows?.map(({ id }) => id)).toEqual(['quick']);
    expect(rankings.map(({ lookback }) => lookback)).toEqual([126, 80]);
  });

  it('are left out where a single thing is missing', () => {
    const lacking = changed(bars, 'EWD', () => undefined);
    const { shadows } = decided({ bars: lacking, universe, models: [CORE], shadows: [abroad] });
    expect(shadows).toBeUndefined();
  });

  it('are not told of where there is none', () => {
    expect('shadows' in decided()).toBe(false);
    expect('shadows' in decided({ shadows: [slow] })).toBe(false);
  });
});

describe('the closes of a decision', () => {
  it('are those of its date, of every ticker that has one', () => {
    const asOf = bars.get(ticker('XLK'))?.dates.at(-3) ?? AS_OF;
    const at = (name: string) => bars.get(ticker(name))?.close.at(-3);
    // Of bars that nobody has decided on yet.
    const { closes } = decided({ asOf, bars: new Map(bars) });
    expect([...closes.keys()]).toEqual([
      ...UNIVERSE.sectors.map((each) => each.ticker),
      'TLT',
      'SPY',
    ]);
    expect(closes.get(ticker('XLK'))).toBe(at('XLK'));
    expect(closes.get(ticker('SPY'))).toBe(at('SPY'));
  });

  it('lack a sector that had none yet', () => {
    const asOf = sessionDate('2018-06-29');
    const young = changed(market({}, { asOf }), 'XLC', () => undefined);
    expect(decided({ asOf, bars: young }).closes.has(ticker('XLC'))).toBe(false);
  });
});
