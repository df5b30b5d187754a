/** The trading machine: wakes, asks what is due, and does one thing at a time. */

import type { Recorded } from '#core/domain/entry.ts';
import type { AccountState, TradingState } from '../domain/account-state.ts';
import type { ScheduleChoice } from '../domain/announcement.ts';
import type { Bars } from '../domain/bar.ts';
import type { Outcome } from '../domain/decision.ts';
import type { Observation } from '../domain/observation.ts';
import type { EpochMs } from '../domain/units.ts';
import { TradingError } from '../errors.ts';
import type { DeskEvent, Listen } from '../events.ts';
import { changeSchedule } from './announcements.ts';
import type { AnswerOutcome } from './answer-outcome.ts';
import { approvedParts } from './approved-parts.ts';
import { type AuditTrail, createAuditTrail } from './audit-trail.ts';
import { createBackOff } from './back-off.ts';
import { createCycle } from './cycle.ts';
import { createModelRoles, type ModelRoles } from './model-roles.ts';
import { createObserver } from './observer.ts';
import { createOperatorActions, type OperatorActions } from './operator-actions.ts';
import type { EngineParts, Observer } from './parts.ts';
import { createProposals, type Proposals } from './proposals.ts';
import { createReconciler } from './reconciliation/reconcile-account.ts';
import { startEngine } from './startup.ts';
import { createTasks } from './tasks.ts';
import { setTradingState } from './trading-state.ts';

/** What a command may ask of the machine. It answers with records; it alone talks to the broker. */
export interface Engine extends Proposals, ModelRoles, OperatorActions, AuditTrail {
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
  /**
   * Runs, delays or skips an announced rebalance, for the session that was shown with it. Closed once it
   * has begun, was answered, or after the third delay.
   */
  changeSchedule(
    shown: { readonly id: string; readonly session: string },
    choice: ScheduleChoice,
    by: string,
  ): AnswerOutcome;
  readonly listen: Listen;
}

/** The engine with its life, for the composition root. */
export interface RunningEngine extends Engine {
  /**
   * Reads bars, verifies the account, follows up earlier orders; in safe mode only halts.
   * @throws TradingError `fix-config`.
   */
  start(): Promise<void>;
  /** Does what is due, one thing at a time; while busy another wake is a no-op. */
  wake(): Promise<void>;
  /** Refreshes what the views show from the broker. */
  look(): Promise<void>;
  /** When the books were compared with the broker's last, on the desk's clock. */
  comparedAt(): EpochMs | undefined;
  /** Sends no new order; resolves when the current step is recorded. */
  stop(reason: string): Promise<void>;
}

function createListeners(): Pick<RunningEngine, 'listen'> & { emit(event: DeskEvent): void } {
  const listeners = new Set<(event: DeskEvent) => void>();
  return {
    emit(event) {
      for (const listener of listeners) listener(event);
    },
    listen(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

/** Questions at the same time share one request to the broker. */
function createPreview(observer: Pick<Observer, 'decide'>): Engine['preview'] {
  let underWay: Promise<Outcome> | undefined;
  return () => {
    underWay ??= observer.decide('preview', 'manual').finally(() => {
      underWay = undefined;
    });
    return underWay;
  };
}

function tellRecorded(emit: (event: DeskEvent) => void): (all: readonly Recorded[]) => void {
  return (all) => {
    for (const recorded of all) emit({ kind: 'recorded', recorded });
  };
}

/** Builds the engine over its journal, broker, bars and clocks; nothing runs until `start`. */
export function createEngine(parts: EngineParts): RunningEngine {
  const approved = approvedParts(parts);
  return { ...engineOver(approved), ...createModelRoles(approved, parts.models) };
}

function engineOver(parts: EngineParts): Omit<RunningEngine, keyof ModelRoles> {
  const { journal, log } = parts;
  const stopping = new AbortController();
  const { signal } = stopping;
  const { emit, listen } = createListeners();
  const observer = createObserver(parts);
  const reconciler = createReconciler(parts);
  const tasks = createTasks(parts, observer, reconciler, signal);
  const proposals = createProposals(parts, observer);
  const operatorActions = createOperatorActions(parts, observer, signal);
  const backOff = createBackOff(parts, signal);
  const { refresh, check, wake, look, ended } = createCycle({
    ...{ parts, observer, reconciler, tasks, backOff, signal, emit },
  });
  const { runGuarded } = backOff;
  journal.onAppend(tellRecorded(emit));

  return {
    book: journal.book,
    observation: observer.last,
    bars: observer.bars,
    preview: createPreview(observer),
    ...proposals,
    answer: async (...given) => backOff.end(await proposals.answer(...given)),
    ...operatorActions,
    flatten: async (by, reason) => backOff.end(await operatorActions.flatten(by, reason)),
    ...createAuditTrail(journal),
    setState: (state, by, reason) =>
      backOff.end(setTradingState(parts, observer.last(), state, by, reason)),
    adopt: reconciler.acceptDifference,
    changeSchedule: (...given) => backOff.end(changeSchedule(parts, ...given)),
    listen,
    start: () => startEngine({ parts, observer, tasks, refresh, runGuarded, check, emit }),
    wake,
    look,
    comparedAt: reconciler.comparedAt,
    async stop(reason) {
      stopping.abort(new TradingError('Rotor is stopping', 'retry'));
      await ended();
      journal.append({ kind: 'stopped', reason });
      log.info(`stopped: ${reason}`);
    },
  };
}
