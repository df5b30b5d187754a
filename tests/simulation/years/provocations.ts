/** What waits for a phase of a rebalance, or for the start of a process, and begins in it. */
import type { AccountState } from '#core/domain/account-state.ts';
import type { Recorded } from '#core/domain/entry.ts';
import { epochMs } from '#core/domain/units.ts';
import type { AwaitedPhase } from './phases.ts';
import type { Happening, Story } from './story.ts';
import { trueSessionAt } from './true-calendar.ts';
import type { VirtualTime } from './virtual-time.ts';

/** Everything that waits. */
export interface Provocations {
  /** That phase begins now. */
  reached(phase: AwaitedPhase): void;
  /** The phases that begin with what was written down. */
  written(recorded: readonly Recorded[], book: AccountState | undefined): void;
}

/** @param begin told of what waited, with the instants at which it begins and ends. */
export function createProvocations(
  { happenings, sessions }: Story,
  time: VirtualTime,
  begin: (happening: Happening) => void,
): Provocations {
  const waiting = new Set(happenings.filter(({ during }) => during !== undefined));
  const reached = (phase: AwaitedPhase): void => {
    // An account that nobody has seen yet has no past that could be contradicted.
    if (time.now() < (sessions[0]?.open ?? 0)) return;
    for (const each of waiting) {
      const { during, from, to } = each;
      if (during?.phase !== phase || from > time.now()) continue;
      waiting.delete(each);
      const session = during.ofClose ? trueSessionAt(time.now()) : undefined;
      const at = epochMs((session?.close ?? time.now()) + during.afterMs);
      begin({ ...each, from: at, to: epochMs(at + to - from) });
    }
  };
  return {
    reached,
    written(recorded, book) {
      for (const { entry } of recorded) {
        if (entry.kind === 'decision') reached('planned');
        if (entry.kind !== 'sending') continue;
        const side = book?.managedOrders.get(entry.clientOrderId)?.intent.side;
        if (side !== undefined) reached(side === 'buy' ? 'buying' : 'selling');
      }
    },
  };
}
