/** Where a desk stands in a rebalance when something goes wrong. */

/** `closed` and `idle`: no rebalance runs, while the market is closed or open. */
export const PHASES = ['closed', 'idle', 'planned', 'selling', 'buying', 'starting'] as const;
export type Phase = (typeof PHASES)[number];

/** The phases in which a rebalance can be met on purpose, and the start of a process. */
export const AWAITED_PHASES = ['planned', 'selling', 'buying', 'starting'] as const;
export type AwaitedPhase = (typeof AWAITED_PHASES)[number];
