import type { NoDecision } from '#core/domain/decision.ts';
import type { Result } from './command.ts';

/** Exit code 3: the command worked and says that there is nothing to decide on. */
const NO_DECISION = 3;

/** The result of a command that had nothing to decide on: exit code 3. */
export function noDecisionResult(outcome: NoDecision, remarks: readonly string[]): Result {
  const { reason, expected, found } = outcome;
  return {
    exit: NO_DECISION,
    json: { noDecision: { reason, expected, found: Object.fromEntries(found) } },
    text: '',
    remarks: [...remarks, reason],
  };
}
