/** How an account did by the truth of a simulated world: what people brought or took left out. */
import type { Activity } from '#core/domain/activity.ts';
import { valueOf } from '#core/domain/units.ts';
import type { Market } from './market.ts';

/** The path of what an account is worth. */
export interface TrueDrawdown {
  /** What moved without an order, in the moment in which it does. */
  moved(activity: Activity): void;
  /**
   * The fraction below the best evening since `from`, an instant at which a person let it trade; undefined
   * while no process knows it, and it stays the one before. To be asked once every evening, with the
   * part that is managed.
   */
  below(equity: number, from: number | undefined, managed?: number): number;
  /**
   * The largest fraction it may be at any instant: a person may have resumed trading before the market
   * opened, when the account was still worth what it was the evening before.
   */
  present(equity: number): number;
  /** All that people ever brought less what they took, in cents; unknown once books were changed by hand. */
  flows(): { readonly cash: number; readonly shares: number; readonly isKnown: boolean };
  /** Books were changed by hand: the days about it cannot be told apart. */
  disturbed(at: number): void;
  /** Whether something was ever brought, taken or changed by hand. */
  isDisturbed(): boolean;
  /** Whether something was brought, taken or changed by hand since the instant. */
  isDisturbedSince(instant: number): boolean;
  /** By how much that differs where what came or went in that day counts from its morning. */
  spread(): number;
  /** What was earned through the last evening, a fraction. */
  sinceStart(): number;
  /** What the day of the last evening earned, a fraction; undefined where nothing was there before. */
  today(): number | undefined;
}

const BROUGHT: ReadonlySet<Activity['kind']> = new Set(['deposit', 'withdrawal', 'transfer']);

/** Nothing has moved yet; `start` is the cash that is there, and the part of it that is managed. */
export function createTrueDrawdown(market: Market, start = { whole: 0, managed: 0 }): TrueDrawdown {
  let firstDay = 1;
  let brought = 0;
  let [before, base, growth, peak, highest, since] = [0, 0, 1, 1, 1, 0];
  let today: number | undefined;
  let spread = 0;
  let disturbedAt = Number.NEGATIVE_INFINITY;
  let flows = { cash: 0, shares: 0, isKnown: true };
  const grown = (equity: number): number => (base > 0 ? 1 + (equity - brought - before) / base : 1);
  return {
    moved({ kind, cash, ticker, qty, at }) {
      if (!BROUGHT.has(kind)) return;
      disturbedAt = at;
      const worth = ticker === undefined ? 0 : valueOf(qty, market.price(ticker, at).price);
      brought += cash + worth;
      flows = { ...flows, cash: flows.cash + cash, shares: flows.shares + worth };
    },
    below(equity, from = since, managed = equity) {
      if (base === 0 && start.managed > 0)
        firstDay = 1 + (equity - brought - start.whole) / start.managed;
      today = base > 0 ? grown(equity) - 1 : undefined;
      spread = Math.abs(((today ?? 0) * brought) / Math.max(1, base + brought));
      const evening = growth;
      growth *= grown(equity);
      highest = Math.max(from === since ? highest : evening, growth);
      peak = from === since ? Math.max(peak, growth) : growth;
      [before, base, brought, since] = [equity, managed, 0, from];
      return 1 - growth / peak;
    },
    present: (equity) => 1 - (growth * grown(equity)) / highest,
    disturbed: (at) => {
      disturbedAt = Math.max(disturbedAt, at);
      flows = { ...flows, isKnown: false };
    },
    flows: () => flows,
    isDisturbed: () => disturbedAt > Number.NEGATIVE_INFINITY,
    isDisturbedSince: (instant) => disturbedAt >= instant,
    sinceStart: () => firstDay * growth - 1,
    today: () => today,
    spread: () => spread,
  };
}
