/** Returns of simple alternatives over the same sessions. */
import { at, type Panel } from '../rules/panel.ts';
import { CADENCE } from '../rules/rebalance.ts';
import { holdTop } from '../rules/selection.ts';
import { alone, type BacktestSetup, type Runnable } from './trial.ts';

/** The lookback that sectors must have history for to be included. */
const MIN_HISTORY_SESSIONS = 126;

/** One ticker held from the first open, as values: that open, then each close. */
export function buyAndHold({ history, from, to }: BacktestSetup, place: number): Float64Array {
  const { open, close } = history.panel;
  const [opens, closes] = [open[place], close[place]];
  const curve = new Float64Array(to - from + 2);
  curve[0] = opens ? at(opens, from) : Number.NaN;
  for (let row = from; row <= to; row++) {
    curve[row - from + 1] = closes ? at(closes, row) : Number.NaN;
  }
  return curve;
}

/** Every sector with enough history, equally weighted, rebalanced monthly by the same rules. */
export function equalSectors({ history }: BacktestSetup): Runnable {
  const ranked = { lookback: MIN_HISTORY_SESSIONS };
  const rankingAt = history.rankings(ranked);
  return alone(
    {
      ...{ activeIn: 'always', budget: 1, leverage: 1 },
      cadence: CADENCE.monthly,
      weighInto(weights, row) {
        const { order } = rankingAt(row);
        holdTop(weights, order, order.length, history.panel.defensive);
      },
    },
    ranked,
  );
}

/** Nothing but cash, with the interest of the setup, cents: the start, then each close. */
export function idleCash({ from, to, equity, more }: BacktestSetup): Float64Array {
  const curve = new Float64Array(to - from + 2).fill(equity);
  // No day has passed at the first open.
  for (let row = from + 1; row <= to; row++) {
    const before = at(curve, row - from);
    curve[row - from + 1] = before + (more?.interest?.(before, row) ?? 0);
  }
  return curve;
}

const STOCKS = 0.6;

/**
 * 60 % of the benchmark, 40 % of the defensive asset, rebalanced at each month's first open; fractional
 * shares.
 */
export function sixtyForty(setup: BacktestSetup): Float64Array {
  const { history, from, to, slippageBps } = setup;
  const { panel } = history;
  const starts = history.starts(CADENCE.monthly);
  const places = [panel.benchmark, panel.defensive] as const;
  const curve = new Float64Array(to - from + 2);
  curve[0] = 1;
  let held: readonly [number, number] = [0, 0];
  let cash = 1;
  for (let row = from; row <= to; row++) {
    if (row === from || starts[row]) {
      const opens = pricesOf(panel.open, places, row);
      const worth = cash + held[0] * opens[0] + held[1] * opens[1];
      const [stocks, bonds] = [worth * STOCKS, worth * (1 - STOCKS)];
      const traded = Math.abs(stocks - held[0] * opens[0]) + Math.abs(bonds - held[1] * opens[1]);
      const left = 1 - (traded * slippageBps) / 10_000 / worth;
      held = [(stocks * left) / opens[0], (bonds * left) / opens[1]];
      cash = 0;
    }
    const closes = pricesOf(panel.close, places, row);
    curve[row - from + 1] = cash + held[0] * closes[0] + held[1] * closes[1];
  }
  return curve;
}

function pricesOf(
  columns: Panel['open'],
  [stocks, bonds]: readonly [number, number],
  row: number,
): readonly [number, number] {
  const none = new Float64Array();
  return [at(columns[stocks] ?? none, row), at(columns[bonds] ?? none, row)];
}
