/** Runs the engine's work one piece at a time, and waits after an error or no decision. */
import { type AccountState, unfinished } from '../domain/account-state.ts';
import { TradingError } from '../errors.ts';
import type { AnswerOutcome } from './answer-outcome.ts';
import { recordUnexpectedError, unexpectedErrorOver } from './monitoring/error-alert.ts';
import type { EngineParts } from './parts.ts';

/** After an error or no decision a task is retried this much later, in market time. */
const BACK_OFF_MS = 5 * 60_000;
/** While a rebalance runs, what it missed is found within a minute. */
const BACK_OFF_REBALANCING_MS = 30_000;

function backOffMs(book: AccountState): number {
  return unfinished(book) ? BACK_OFF_REBALANCING_MS : BACK_OFF_MS;
}

/** When the engine's work may run. */
export interface BackOff {
  /** Runs one piece of work; an error becomes an alert and a wait. Never rejects. */
  runGuarded(piece: () => Promise<void>): Promise<void>;
  /** An error was a short while ago: nothing is tried yet. */
  afterError(): boolean;
  /** There was no decision a short while ago: no other is tried yet. */
  afterNoDecision(): boolean;
  /** There was no decision; without `announced` a running rebalance is tried again sooner. */
  noDecision(announced?: 'announced'): void;
  /** What a person asked for goes ahead at the next wake, whatever waits. Returns the answer. */
  end(outcome: AnswerOutcome): AnswerOutcome;
}

/** Nothing waits at first. After `signal` no error is recorded: Rotor is stopping. */
export function createBackOff(parts: EngineParts, signal: AbortSignal): BackOff {
  const { journal, clocks } = parts;
  let afterErrorUntil = 0;
  let afterNoDecisionUntil = 0;
  return {
    async runGuarded(piece) {
      try {
        await piece();
        journal.append(...unexpectedErrorOver(journal.book()));
      } catch (error) {
        if (signal.aborted) return;
        const isTransient = error instanceof TradingError && error.remedy === 'retry';
        const waitMs = isTransient ? backOffMs(journal.book()) : BACK_OFF_MS;
        afterErrorUntil = clocks.market.now() + waitMs;
        recordUnexpectedError(parts, error);
      }
    },
    afterError: () => clocks.market.now() < afterErrorUntil,
    afterNoDecision: () => clocks.market.now() < afterNoDecisionUntil,
    noDecision(announced) {
      const waitMs = announced ? BACK_OFF_MS : backOffMs(journal.book());
      afterNoDecisionUntil = clocks.market.now() + waitMs;
    },
    end(outcome) {
      if (outcome.kind === 'accepted') [afterErrorUntil, afterNoDecisionUntil] = [0, 0];
      return outcome;
    },
  };
}
