/** The last month of the account compared with the backtest of that month. */
import { backtest } from '#core/backtest.ts';
import type { AccountState } from '#core/domain/account-state.ts';
import type { Bars } from '#core/domain/bar.ts';
import { tradingModels } from '#core/domain/model-role.ts';
import type { MonthParity } from '#core/domain/month-parity.ts';
import { cents, sessionDate } from '#core/domain/units.ts';
import { UNIVERSE } from '#core/domain/universe.ts';
import { monthParity, parityMonth } from '#core/views/month-parity.ts';
import { MODELS } from '#models/list.ts';
import { FILL_COST_BPS, type StudyInputs } from './setup.ts';

/** Returns undefined before the first close, or when required bars or closes are missing. */
export function monthParityOf(
  book: AccountState,
  { bars, raw, ...rules }: StudyInputs & { readonly raw: Bars },
): MonthParity | undefined {
  const span = parityMonth(book);
  if (!span || span.from.equity <= 0 || span.first > span.last) return undefined;
  const run = backtest({
    ...{ ...rules, bars, models: tradingModels(MODELS, book.modelRoles), universe: UNIVERSE },
    ...{ from: span.first, to: span.last, equity: span.from.equity },
    slippageBps: FILL_COST_BPS,
  });
  const end = run.kind === 'tested' ? run.days.at(-1) : undefined;
  if (run.kind !== 'tested' || !end) return undefined;
  // A fill is identified by its session.
  const fills = run.fills.map(({ id, ticker, side, qty }) => {
    return { ticker, side, qty, day: sessionDate(id.slice(0, 10)) };
  });
  const gain = cents(end.equity - span.from.equity);
  return monthParity(book, span, { gain, fills }, { adjusted: bars, raw });
}
