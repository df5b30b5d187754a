/** Mutants of the engine without any observable effect. */
import type { Row } from './equivalent-rules.ts';

const SUBMIT = 'src/core/engine/execution/submit-order.ts';
const SIZES = 'src/core/engine/execution/buy-sizes.ts';

const ONE_ASSET = 'the broker lists an asset once';

/** The list. */
export const ENGINE_ROWS: readonly Row[] = [
  [
    SUBMIT,
    'an order that is sent again was sent before; the type checker asks',
    'attempt > 1 && first !== undefined',
    'attempt > 1',
  ],
  [SUBMIT, 'no delay is of a millisecond', '0', '1', 'wait > 0'],
  [
    SUBMIT,
    'an order that was sent is written down; the type checker asks',
    '!order || !managed',
    '!order',
  ],
  [
    'src/core/engine/execution/pre-trade-check.ts',
    ONE_ASSET,
    'snapshot.assets.find((asset) => asset.ticker === ticker)',
    'snapshot.assets.findLast((asset) => asset.ticker === ticker)',
  ],
  [
    SIZES,
    ONE_ASSET,
    'assets.find(({ ticker }) => ticker === planned.ticker)',
    'assets.findLast(({ ticker }) => ticker === planned.ticker)',
  ],
  [
    SIZES,
    'an asset that is not listed cannot be traded in fractions either way',
    'asset?.fractionable ?? false',
    'asset?.fractionable',
  ],
  [
    'src/core/engine/execution/send-line.ts',
    'only an error of trading has a remedy; the type checker asks',
    "error instanceof TradingError && error.remedy === 'retry'",
    "error.remedy === 'retry'",
  ],
  ['src/core/domain/order.ts', 'nobody plans a billionth of a share', '0', '1', 'WHOLE_SHARE : 0'],
];
