/** The first minute of a run. */
import { type DeskEvent, tellingBars } from '../events.ts';
import type { Observer } from './observer.ts';
import type { EngineParts } from './parts.ts';
import type { Duties } from './tasks.ts';
import { haltForSafety, haltOnDoubt } from './trading-state.ts';

export interface StartParts {
  readonly parts: EngineParts;
  readonly observer: Pick<Observer, 'meetClock'>;
  readonly duties: Duties;
  readonly look: () => Promise<void>;
  readonly attend: (piece: () => Promise<void>) => Promise<void>;
  /** Compares the books, and whatever else is asked for before anything trades. */
  readonly check: () => Promise<void>;
  readonly tell: (event: DeskEvent) => void;
}

/** @throws TradingError `fix-config` when another account answers than the one of this journal. */
export async function startDesk(start: StartParts): Promise<void> {
  const { parts, observer, duties, look, attend, check, tell } = start;
  const { journal, version, mode, build, mark = () => undefined } = parts;
  journal.append({ kind: 'started', version, mode, build });
  haltOnDoubt(parts);
  const unsafe = parts.safety?.reason();
  // Whatever ended the process again and again may be in what follows.
  if (unsafe !== undefined) return haltForSafety(parts, unsafe);
  await observer.meetClock();
  mark('broker');
  await duties.refreshBars(tellingBars(tell));
  mark('bars');
  await look();
  mark('account');
  duties.assertOwnAccount();
  await attend(async () => {
    if (journal.doubt() !== undefined) return;
    await duties.meetAccount();
    if (journal.book().baseline) await check();
  });
  mark('reconcile');
  await look();
}
