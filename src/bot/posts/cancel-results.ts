import type { Observation } from '#core/domain/observation.ts';
import type { Engine } from '#core/engine/engine.ts';
import { block, compactQuantity, escape, lines, row } from '../format.ts';

type CancelResult = Awaited<ReturnType<Engine['cancel']>>[number];

const WORDS: Readonly<Record<CancelResult['kind'], string>> = {
  canceled: '✓ canceled',
  filled: '● filled',
  asked: '… asked',
  failed: '✗ failed',
  foreign: '○ not ours',
};

/** One row for each order to cancel, and a sentence for each that could not be cancelled. */
export function cancelResultLines(
  all: readonly CancelResult[],
  { connected }: Pick<Observation['broker'], 'connected'>,
): string {
  if (all.length === 0) {
    return connected
      ? 'No order was open at the broker.'
      : 'Alpaca does not answer, so Rotor cannot tell whether orders are open there.';
  }
  const rows = all.map(({ order, kind }) =>
    row([
      [order.side, 4, 'left'],
      [order.ticker, 5, 'left'],
      [compactQuantity(order.qty), 8, 'right'],
      [WORDS[kind], 12, 'left'],
    ]),
  );
  const problems = all
    .filter(({ kind }) => kind !== 'canceled' && kind !== 'filled')
    .map(({ order, text }) => `${order.ticker}: ${escape(text, 200)}`);
  return [block(rows, 1800), lines(problems, 1500)].filter((part) => part !== '').join('\n');
}
