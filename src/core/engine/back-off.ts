/** Runs the engine's work one task at a time, and waits after an error or a failed decision. */
import { type AccountState, unfinished } from '../domain/account-state.ts';
import { hasElapsed } from '../domain/elapsed.ts';
import { TradingError } from '../errors.ts';
import type { AnswerOutcome } from './answer-outcome.ts';
import { recordUnexpectedError, unexpectedErrorOver } from './monitoring/error-alert.ts';
import type { EngineParts } from './parts.ts';

/** Retry delay after an error or a failed decision, in market time. */
const BACK_OFF_MS = 5 * 60_000;
/** Retry delay while a rebalance runs. */
const BACK_OFF_REBALANCING_MS = 30_000;

function backOffMs(book: AccountState): number {
  return unfinished(book) ? BACK_OFF_REBALANCING_MS : BACK_OFF_MS;
}

interface Delay {
  readonly from: number;
  readonly ms: number;
}

/** Decides when the engine's work may run. */
export interface BackOff {
  /** Runs one task; an error becomes an alert and a delay. Never rejects. */
  runGuarded(piece: () => Promise<void>): Promise<void>;
  /** Whether the last error is recent: nothing is retried yet. */
  afterError(): boolean;
  /** Whether the last failed decision is recent: no other is tried yet. */
  afterNoDecision(): boolean;
  /** Records a failed decision; without `announced` a running rebalance is retried sooner. */
  noDecision(announced?: 'announced'): void;
  /** Ends all delays if a person's request was accepted: it runs at the next wake. Returns the outcome. */
  end(outcome: AnswerOutcome): AnswerOutcome;
}

/** There is no delay at first. After `signal` no error is recorded: Rotor is stopping. */
export function createBackOff(parts: EngineParts, signal: AbortSignal): BackOff {
  const { journal, clocks } = parts;
  let afterError: Delay | undefined;
  let afterNoDecision: Delay | undefined;
  let lastErrorAt: number | undefined;
  const runs = (delay: Delay | undefined): boolean =>
    delay !== undefined && !hasElapsed(delay.from, delay.ms, clocks.market.now());
  return {
    async runGuarded(piece) {
      try {
        await piece();
        // While one attempt in three fails, or other work succeeds, the error is not over.
        if (hasElapsed(lastErrorAt, BACK_OFF_MS, clocks.market.now()))
          journal.append(...unexpectedErrorOver(journal.book()));
      } catch (error) {
        if (signal.aborted) return;
        const isTransient = error instanceof TradingError && error.remedy === 'retry';
        const ms = isTransient ? backOffMs(journal.book()) : BACK_OFF_MS;
        lastErrorAt = clocks.market.now();
        afterError = { from: lastErrorAt, ms };
        recordUnexpectedError(parts, error);
      }
    },
    afterError: () => runs(afterError),
    afterNoDecision: () => runs(afterNoDecision),
    noDecision(announced) {
      const ms = announced ? BACK_OFF_MS : backOffMs(journal.book());
      afterNoDecision = { from: clocks.market.now(), ms };
    },
    end(outcome) {
      if (outcome.kind === 'accepted') [afterError, afterNoDecision] = [undefined, undefined];
      return outcome;
    },
  };
}
