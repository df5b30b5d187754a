/** The startup of the engine. */
import { type DeskEvent, tellingBars } from '../events.ts';
import type { Observer, StartParts } from './parts.ts';
import { haltForSafety, haltOnIntegrityError } from './trading-state.ts';

/** The tasks used during startup. */
export interface StartTasks {
  refreshBars(progress?: (done: number, of: number) => void): Promise<boolean>;
  /** @throws TradingError `fix-config` when the account is not the one of this journal. */
  assertOwnAccount(): void;
  /** Pins the first account observed, and rejects any other afterwards. */
  verifyAccount(): Promise<void>;
}

/** Dependencies of startEngine. */
export interface Start {
  readonly parts: StartParts;
  readonly observer: Pick<Observer, 'readBrokerTime'>;
  readonly tasks: StartTasks;
  readonly refresh: () => Promise<void>;
  readonly runGuarded: (piece: () => Promise<void>) => Promise<void>;
  /** Compares the books, and runs the other checks required before trading. */
  readonly check: () => Promise<void>;
  readonly emit: (event: DeskEvent) => void;
}

/** @throws TradingError `fix-config` when the account is not the one of this journal. */
export async function startEngine(start: Start): Promise<void> {
  const { parts, observer, tasks, refresh, runGuarded, check, emit } = start;
  const { journal, version, mode, build, mark = () => undefined } = parts;
  journal.append({ kind: 'started', version, mode, build });
  haltOnIntegrityError(parts);
  const unsafe = parts.safety?.reason();
  // The cause of the repeated crashes may be in the code below.
  if (unsafe !== undefined) return haltForSafety(parts, unsafe);
  await observer.readBrokerTime();
  mark('broker');
  await tasks.refreshBars(tellingBars(emit));
  mark('bars');
  await refresh();
  mark('account');
  tasks.assertOwnAccount();
  await runGuarded(async () => {
    if (journal.doubt() !== undefined) return;
    await tasks.verifyAccount();
    if (journal.book().baseline) await check();
  });
  mark('reconcile');
  await refresh();
}
