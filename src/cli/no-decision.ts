import type { NoDecision } from '#core/domain/decision.ts';
import type { Result } from './command.ts';

/** Exit code 3: the command succeeded, but no decision is possible. */
const NO_DECISION = 3;

/** Result of a command that could not make a decision: exit code 3. */
export function noDecisionResult(outcome: NoDecision, remarks: readonly string[]): Result {
  const { reason, expected, found } = outcome;
  return {
    exit: NO_DECISION,
    json: { noDecision: { reason, expected, found: Object.fromEntries(found) } },
    text: '',
    remarks: [...remarks, reason],
  };
}
