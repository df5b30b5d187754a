/** The trading machine: wakes, asks what is due, and does one thing at a time. */

import { type AccountState, unfinished } from '../domain/account-state.ts';
import type { Bars } from '../domain/bar.ts';
import type { Outcome } from '../domain/decision.ts';
import type { TradingState } from '../domain/entry.ts';
import type { Observation } from '../domain/observation.ts';
import type { EpochMs } from '../domain/units.ts';
import { TradingError } from '../errors.ts';
import { type DeskEvent, type Listen, tellingBars } from '../events.ts';
import { type Due, whatIsDue } from '../scheduler.ts';
import { createTrail, type Trail } from './audit-trail.ts';
import { recordTrouble, troubleOver } from './monitoring/error-alert.ts';
import { createWatch, fallsDeep } from './monitoring/monitor.ts';
import { createObserver } from './observer.ts';
import { type Acts, createActs } from './operator-actions.ts';
import type { EngineParts } from './parts.ts';
import { type AnswerOutcome, createProposals, expire, type Proposals } from './proposals.ts';
import { createCashWatch } from './reconciliation/cash-watch.ts';
import { createAccounts } from './reconciliation/reconcile-account.ts';
import { startDesk } from './startup.ts';
import { createDuties } from './tasks.ts';
import { setTradingState } from './trading-state.ts';

/** What a command may ask of the machine. It answers with records; it alone talks to the broker. */
export interface Engine extends Proposals, Acts, Trail {
  book(): AccountState;
  observation(): Observation;
  /** The bars that were read last. */
  bars(): Bars;
  /** Decides as of now and changes nothing. */
  preview(): Promise<Outcome>;
  /** RUN, REDUCE or HALT, for everybody to see who and why. RUN is refused while the journal is doubted. */
  setState(state: TradingState, by: string, reason: string): AnswerOutcome;
  /**
   * Takes what our books and the broker's differ in over into ours; a sentence that says what.
   * @param shown `differenceHash` of the open alert's text. When it is given and something else
   * differs now, that is said and nothing is taken; the alert shows the new difference.
   */
  adopt(by: string, shown?: string): Promise<string>;
  readonly listen: Listen;
}

/** The engine with its life, for the composition root. */
export interface RunningEngine extends Engine {
  /**
   * Reads bars, meets the account, follows up orders of before; in safe mode only halts.
   * @throws TradingError `fix-config`.
   */
  start(): Promise<void>;
  /** Does what is due, one thing at a time; while busy another wake is a no-op. */
  wake(): Promise<void>;
  /** Looks at the broker for the views. */
  look(): Promise<void>;
  /** When the books were compared with the broker's last, on the desk's clock. */
  comparedAt(): EpochMs | undefined;
  /** No new order leaves; resolves when the step at hand is written down. */
  stop(reason: string): Promise<void>;
}

/** After trouble or no decision the same thing is tried again this much later, on the desk's clock. */
const REST_MS = 5 * 60_000;
/** With a rebalance under way what it missed is found within a minute. */
const REST_UNDER_WAY_MS = 30_000;

function restMs(book: AccountState): number {
  return unfinished(book) ? REST_UNDER_WAY_MS : REST_MS;
}

/** The books are compared with the broker's this often between rebalances: every five minutes. */
const CHECK_EVERY_LOOKS = 20;

export function createEngine(parts: EngineParts): RunningEngine {
  const { journal, clock, log } = parts;
  const observer = createObserver(parts);
  const stopping = new AbortController();
  const listeners = new Set<(event: DeskEvent) => void>();
  const tell = (event: DeskEvent): void => {
    for (const listener of listeners) listener(event);
  };
  const accounts = createAccounts(parts);
  const duties = createDuties(parts, observer, accounts, stopping.signal);
  const proposals = createProposals(parts, observer);
  const acts = createActs(parts, observer, stopping.signal);
  const watch = createWatch(parts, observer);
  const cashMoved = createCashWatch(parts);
  let work: Promise<void> | undefined;
  let restUntil = 0;
  let troubleUntil = 0;
  // True until the books were compared once, whatever was down at the start.
  let checkWanted = true;
  let looks = 0;

  journal.onAppend((all) => {
    for (const recorded of all) tell({ kind: 'recorded', recorded });
  });

  function isSafe(): boolean {
    return parts.safety?.reason() !== undefined;
  }

  async function look(): Promise<void> {
    const observation = await observer.look();
    // Money that came or went is booked first, or it would look like a gain or a fall.
    if (!isSafe() && (cashMoved(observation) || fallsDeep(parts, observation))) {
      await attend(compareBooks);
    }
    watch(observation);
    looks += 1;
    checkWanted ||= looks % CHECK_EVERY_LOOKS === 0;
    tell({ kind: 'observed', observation });
  }

  async function compareBooks(): Promise<void> {
    if (journal.doubt() === undefined) await accounts.reconcile();
  }

  /** Runs one piece of work; trouble becomes an alert and a rest. */
  async function attend(piece: () => Promise<void>): Promise<void> {
    try {
      await piece();
      journal.append(...troubleOver(journal.book()));
    } catch (error) {
      if (stopping.signal.aborted) return;
      const passing = error instanceof TradingError && error.remedy === 'retry';
      troubleUntil = clock.now() + (passing ? restMs(journal.book()) : REST_MS);
      recordTrouble(parts, error);
    }
  }

  async function check(): Promise<void> {
    await duties.check();
    checkWanted = false;
  }

  /** What a person asked for goes ahead at the next wake, whatever it rested for. */
  function wakeSoon(outcome: AnswerOutcome): AnswerOutcome {
    if (outcome.kind === 'accepted') [troubleUntil, restUntil] = [0, 0];
    return outcome;
  }

  async function attendToWhatIsDue(): Promise<void> {
    // Whatever ends the process again and again may be in here.
    if (isSafe()) return;
    expire(parts);
    if (clock.now() < troubleUntil) return;
    await attend(async () => {
      if (await duties.refreshBars(tellingBars(tell))) await look();
      // A book that ends before the damage explains nothing: it is shown, not acted upon.
      if (journal.doubt() !== undefined) return;
      await duties.meetAccount();
      if (!journal.book().baseline) return;
      await duties.keepHalted();
      if (checkWanted) await check();
      for (const due of whatIsDue(journal.book(), observer.now() ?? clock.now(), parts)) {
        await perform(due);
      }
    });
  }

  async function perform(due: Due): Promise<void> {
    if (stopping.signal.aborted) return;
    const isBooks = due.kind === 'equity' || due.kind === 'missed';
    if (!isBooks && clock.now() < restUntil) return;
    const outcome = await duties.perform(due);
    if (outcome === 'rest') restUntil = clock.now() + restMs(journal.book());
    // A close that stays missing is due all day, and nothing at the broker is touched for it.
    if (due.kind !== 'missed') await look();
  }

  return {
    book: journal.book,
    observation: observer.last,
    bars: observer.bars,
    preview: () => observer.decide('preview', 'manual'),
    propose: proposals.propose,
    answer: async (...given) => wakeSoon(await proposals.answer(...given)),
    ...acts,
    flatten: async (by, reason) => wakeSoon(await acts.flatten(by, reason)),
    ...createTrail(journal),
    setState: (state, by, reason) =>
      wakeSoon(setTradingState(parts, observer.last(), state, by, reason)),
    adopt: accounts.adopt,
    listen(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    start: () => startDesk({ parts, observer, duties, look, attend, check, tell }),
    wake() {
      work ??= attendToWhatIsDue().finally(() => {
        work = undefined;
      });
      return work;
    },
    look,
    comparedAt: accounts.comparedAt,
    async stop(reason) {
      stopping.abort(new TradingError('Rotor is stopping', 'retry'));
      await work;
      journal.append({ kind: 'stopped', reason });
      log.info(`stopped: ${reason}`);
    },
  };
}
