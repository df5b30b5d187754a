import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { classifyRegime } from '#core/decide/regime.ts';
import { type Bars, barHistory } from '#core/domain/bar.ts';
import { sessionOffset } from '#core/domain/calendar.ts';
import { ticker } from '#core/domain/units.ts';
import { UNIVERSE } from '#core/domain/universe.ts';
import { regimeView } from '#core/views/regime.ts';
import { AS_OF, bar, history, sessionDates } from '#tests/support/bars.ts';
import { book, noDecision, observation } from '#tests/support/desk.ts';

const SPY = ticker('SPY');
const NEXT = sessionOffset(AS_OF, 1).date;

function barsOf(closes: readonly number[]): Bars {
  const dates = sessionDates(AS_OF, closes.length);
  return new Map([
    [
      SPY,
      barHistory(
        SPY,
        dates.map((date, index) => bar(date, closes[index] ?? 1)),
      ),
    ],
  ]);
}

function viewOf(bars: Bars, entries = book()) {
  const regime = classifyRegime({ bars, universe: UNIVERSE, asOf: AS_OF });
  const data = { ...observation().data, asOf: AS_OF, regime };
  return regimeView(entries, observation({ data }), bars);
}

/** The regime after one more session that closes there, by the law that decides. */
function nextKind(closes: readonly number[], close: number) {
  const dates = [...sessionDates(AS_OF, closes.length), NEXT];
  const all = [...closes, close];
  const next = new Map([
    [
      SPY,
      barHistory(
        SPY,
        dates.map((date, index) => bar(date, all[index] ?? 1)),
      ),
    ],
  ]);
  return classifyRegime({ bars: next, universe: UNIVERSE, asOf: NEXT }).kind;
}

describe('the close that turns the regime', () => {
  it('separates the closes for which the rule decides differently (property)', () => {
    const walk = fc.record({
      steps: fc.array(fc.double({ min: -0.03, max: 0.03, noNaN: true }), {
        minLength: 229,
        maxLength: 240,
      }),
      drift: fc.double({ min: -0.002, max: 0.002, noNaN: true }),
    });
    const rules = new Set<string>();
    fc.assert(
      fc.property(walk, ({ steps, drift }) => {
        let price = 500;
        const closes = [price, ...steps.map((step) => (price *= 1 + step + drift))];
        const { turn, regime, decides } = viewOf(barsOf(closes));
        if (!turn || !regime) throw new Error('expected a turn');
        rules.add(`${regime.kind} ${decides}`);
        expect(turn.to).not.toBe(regime.kind);
        expect(turn.away).toBeCloseTo(turn.close / regime.close - 1, 12);
        expect(nextKind(closes, turn.close * (1 + 1e-6))).toBe('bull');
        expect(nextKind(closes, turn.close * (1 - 1e-6))).toBe('bear');
      }),
      { numRuns: 300 },
    );
    // Every case of the law was met, or the property says less than it seems to.
    expect([...rules].sort()).toEqual([
      'bear distance',
      'bear momentum',
      'bull distance',
      'bull momentum',
    ]);
  });

  it('is shown with the band in dollars of SPY', () => {
    const bars = new Map([[SPY, history('SPY', (index) => 400 + index)]]);
    const { band, regime, decides } = viewOf(bars);
    // 230 closes from 400 to 629; the mean of the last 200 is 529.5.
    expect(regime?.mean200).toBeCloseTo(529.5);
    expect(band?.low).toBeCloseTo(518.91);
    expect(band?.high).toBeCloseTo(540.09);
    expect(decides).toBe('distance');
  });

  it('is unknown without bars, and everything is without a regime', () => {
    const bars = new Map([[SPY, history('SPY', (index) => 400 + index)]]);
    expect(viewOf(bars).turn?.to).toBe('bear');
    const seen = observation({
      data: { ...observation().data, regime: undefined, missing: noDecision() },
    });
    expect(regimeView(book(), seen, new Map())).toMatchObject({
      regime: undefined,
      band: undefined,
      turn: undefined,
    });
    expect(regimeView(book(), observation(), new Map())).toMatchObject({ turn: undefined });
  });

  it('counts since the rule changed on the bars, whenever the journal noticed', () => {
    // Rising for 300 closes, then far below the mean at once.
    const rising = Array.from({ length: 300 }, (_, index) => 400 + index);
    const closes = [...rising, ...Array(10).fill(500)];
    const bars = barsOf(closes);
    const turned = sessionDates(AS_OF, closes.length)[300];
    const looked = book([{ kind: 'regime', asOf: AS_OF, regime: 'bear' }]);
    expect(viewOf(bars, looked).since).toEqual({ session: turned, turned: true });
    expect(viewOf(bars).since).toEqual({ session: turned, turned: true });
  });

  it('changed where the decision’s rule says so, on any market (property)', () => {
    const steps = fc.array(fc.double({ min: -0.04, max: 0.04, noNaN: true }), {
      minLength: 240,
      maxLength: 300,
    });
    fc.assert(
      fc.property(steps, (moves) => {
        let price = 500;
        const bars = barsOf(moves.map((move) => (price *= 1 + move)));
        const dates = bars.get(SPY)?.dates ?? [];
        const kinds = dates.map((asOf) => classifyRegime({ bars, universe: UNIVERSE, asOf }).kind);
        const other = kinds.findLastIndex((kind) => kind !== kinds.at(-1));
        const turned = kinds[other] !== 'neutral';
        expect(viewOf(bars).since).toEqual({ session: dates[other + 1], turned });
      }),
      { numRuns: 60 },
    );
  });

  it('may be older if the bars know no other regime, and says so', () => {
    const bars = new Map([[SPY, history('SPY', (index) => 400 + index)]]);
    const first = sessionDates(AS_OF, 230)[199];
    expect(viewOf(bars).since).toEqual({ session: first, turned: false });
  });
});
