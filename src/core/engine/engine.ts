/** The trading engine: wakes, checks what is due, and runs one task at a time. */

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
import { createDepositActions, type DepositActions } from './deposits.ts';
import { createModelRoles, type ModelRoles } from './model-roles.ts';
import { createObserver } from './observer.ts';
import { createOperatorActions, type OperatorActions } from './operator-actions.ts';
import type { EngineParts, Observer } from './parts.ts';
import { createProposals, type Proposals } from './proposals.ts';
import { createReconciler } from './reconciliation/reconcile-account.ts';
import { startEngine } from './startup.ts';
import { createTasks } from './tasks.ts';
import { setTradingState } from './trading-state.ts';

/** The engine's interface to commands. It returns records; only the engine talks to the broker. */
export interface Engine extends Proposals, ModelRoles, OperatorActions, DepositActions, AuditTrail {
  book(): AccountState;
  observation(): Observation;
  /** The bars read last. */
  bars(): Bars;
  /** Decides as of now without changing anything. */
  preview(): Promise<Outcome>;
  /**
   * Sets RUN, REDUCE or HALT, recorded with person and reason. RUN is rejected while the journal's
   * integrity is in doubt.
   */
  setState(state: TradingState, by: string, reason: string): AnswerOutcome;
  /**
   * Accepts the differences between our books and the broker's into ours; returns a sentence about what was
   * accepted.
   * @param shown `differenceHash` of the open alert's text. If it is given and the difference has changed,
   * nothing is accepted and the answer says so; the alert shows the new difference.
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

/** The engine with its lifecycle, for the composition root. */
export interface RunningEngine extends Engine {
  /**
   * Reads bars, verifies the account, follows up earlier orders; in safe mode only halts.
   * @throws TradingError `fix-config`.
   */
  start(): Promise<void>;
  /** Runs due tasks one at a time; another wake while busy is a no-op. */
  wake(): Promise<void>;
  /** Refreshes the broker data that the views show. */
  look(): Promise<void>;
  /** When the books were last compared with the broker's, in market time. */
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

/** Concurrent requests share one request to the broker. */
function createPreview(observer: Pick<Observer, 'decide'>): Engine['preview'] {
  let underWay: Promise<Outcome> | undefined;
  return () => {
    underWay ??= observer.decide('preview', 'manual').finally(() => {
      underWay = undefined;
    });
    return underWay;
  };
}

function emitRecorded(emit: (event: DeskEvent) => void): (all: readonly Recorded[]) => void {
  return (all) => {
    for (const recorded of all) emit({ kind: 'recorded', recorded });
  };
}

/** Creates the engine from its journal, broker, bars and clocks; nothing runs until `start`. */
export function createEngine(parts: EngineParts): RunningEngine {
  const approved = approvedParts(parts);
  return { ...engineOver(approved), ...createModelRoles(approved, parts.models) };
}

function engineOver(parts: EngineParts): Omit<RunningEngine, keyof ModelRoles> {
  const { journal } = parts;
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
  journal.onAppend(emitRecorded(emit));

  return {
    book: journal.book,
    observation: observer.last,
    bars: observer.bars,
    preview: createPreview(observer),
    ...proposals,
    answer: async (...given) => backOff.end(await proposals.answer(...given)),
    ...operatorActions,
    ...createDepositActions(parts, proposals.propose),
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
    },
  };
}
