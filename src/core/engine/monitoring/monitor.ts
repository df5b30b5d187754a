/** Checks each refresh for silence, a deep drawdown, a new regime, drift and lateness. */

import { type AccountState, openAlert } from '#core/domain/account-state.ts';
import type { Alert, AlertSubject } from '#core/domain/alert.ts';
import type { Bars } from '#core/domain/bar.ts';
import { belowPeak } from '#core/domain/drawdown.ts';
import type { Entry } from '#core/domain/entry.ts';
import { percent } from '#core/domain/figures.ts';
import { keepingLast } from '#core/domain/kept.ts';
import { newYorkTime } from '#core/domain/new-york.ts';
import { type Observation, snapshotOf } from '#core/domain/observation.ts';
import { closesInARow, REGIME_HOLD_SESSIONS } from '#core/domain/regime-hold.ts';
import type { EpochMs } from '#core/domain/units.ts';
import { resolvedEntries } from '../alerts.ts';
import { MAX_SKEW_MS } from '../execution/check-order.ts';
import { openOrdersOver } from '../execution/rebalance-result.ts';
import { stuckEntries } from '../execution/stuck-orders.ts';
import type { EngineParts, MonitorParts, Observer } from '../parts.ts';
import {
  incompleteActionEntries,
  incompleteActions,
} from '../reconciliation/incomplete-actions.ts';
import { borrowedCashEntries } from './borrowed-cash.ts';
import { dataQualityEntries } from './data-quality-alert.ts';
import { driftEntries } from './drift.ts';
import { idleCashEntries } from './idle-cash.ts';
import { missingShares } from './missing-shares.ts';
import { createPriceWatch } from './price-wait.ts';
import { overdueEntries, staleDataEntries } from './staleness.ts';

/** How long the order stream may be down, in market time, before it is reported. */
const STREAM_MS = 60_000;

/** How long the broker must answer every refresh, in market time, before it counts as back. */
const STEADY_MS = 5 * 60_000;

/** Records the findings of a refresh. */
export function createMonitor(
  parts: MonitorParts,
  observer: Pick<Observer, 'bars' | 'now'>,
): (observation: Observation) => void {
  const watchBroker = brokerWatch(parts);
  const watchStream = streamWatch(parts);
  const watchPrices = createPriceWatch(parts);
  return (observation) => {
    watchClock(parts, observation);
    watchBroker(observation);
    watchStream(observation);
    watchDrawdown(parts, observer, observation);
    watchRegime(parts, observation);
    parts.journal.append(
      ...stalenessEntries(parts, observer.bars(), observer.now(), observation),
      ...watchPrices(observation),
    );
  };
}

function stalenessEntries(
  parts: MonitorParts,
  bars: Bars,
  now: EpochMs | undefined,
  observation: Observation,
): readonly Entry[] {
  const { journal } = parts;
  // A journal with doubtful integrity, or without an account yet, gives nothing to compare with.
  if (journal.doubt() !== undefined || !journal.book().baseline) return [];
  // An equity without the shares or the cash of an action says nothing about weights.
  const isWhole = incompleteActions(journal.book(), observation, bars).length === 0;
  return [
    ...(isWhole ? driftEntries(parts, observation) : []),
    ...(isWhole ? idleCashEntries(parts, observation) : []),
    ...(isWhole ? borrowedCashEntries(journal.book(), observation) : []),
    ...stuckEntries(journal.book(), parts.clocks.market.now()),
    ...incompleteActionEntries(journal.book(), observation, bars),
    ...openOrdersOver(journal.book()),
    ...(observation.data.missing || observation.data.undecided
      ? []
      : resolvedEntries(journal.book(), ['no-decision'], 'The data has arrived.')),
    ...dataQualityEntries(parts, observation),
    ...overdueEntries(parts, observation),
    ...(now === undefined ? [] : staleDataEntries(parts, bars, now, observation)),
  ];
}

/**
 * Reports a wrong host clock. The pre-trade check blocks orders at a much smaller difference: only where
 * they may leave again do both clocks agree.
 */
function watchClock(
  { clocks, journal }: Pick<EngineParts, 'clocks' | 'journal'>,
  { at, market, broker }: Observation,
): void {
  if (!market || !broker.connected) return;
  const skewMs = Math.max(at - market.at, market.at - clocks.market.now(), 0);
  const open = openAlert(journal.book(), CLOCK);
  if (skewMs >= SKEW_MS && !open) {
    journal.append({ kind: 'alert', alert: clockAlert(skewMs) });
  } else if (skewMs < MAX_SKEW_MS && open) {
    journal.append({ kind: 'resolved', subject: CLOCK, text: 'Both clocks agree again.' });
  }
}

const CLOCK: AlertSubject = { about: 'clock' };
const SKEW_MS = 60_000;

function clockAlert(skewMs: number): Alert {
  return {
    subject: CLOCK,
    severity: 'error',
    title: 'Clocks differ',
    text: `clock: the broker's clock and ours are ${Math.round(skewMs / 1000)} s apart`,
    remedy:
      'Nothing trades, and the earlier clock decides which bars are final. Correct this machine’s clock.',
  };
}

/** The stream only says when to poll, so a short outage costs nothing and is not reported. */
function streamWatch({
  journal,
}: Pick<EngineParts, 'journal'>): (observation: Observation) => void {
  let downSince: EpochMs | undefined;
  return ({ at, broker }) => {
    const open = openAlert(journal.book(), STREAM);
    if (broker.streaming) {
      downSince = undefined;
      if (open)
        journal.append({
          kind: 'resolved',
          subject: STREAM,
          text: 'The stream is connected again.',
        });
      return;
    }
    downSince ??= at;
    // A broker that does not answer has an alert of its own.
    if (open || !broker.connected || at - downSince <= STREAM_MS) return;
    journal.append({ kind: 'alert', alert: streamAlert(downSince) });
  };
}

const STREAM: AlertSubject = { about: 'stream' };

function streamAlert(since: EpochMs): Alert {
  return {
    subject: STREAM,
    severity: 'warning',
    title: 'Order updates are down',
    text: `The stream of order updates has been down since ${newYorkTime(since)} New York.`,
    remedy:
      'Rotor asks for orders every few seconds instead; nothing is lost. It keeps reconnecting.',
  };
}

const BROKER: AlertSubject = { about: 'broker' };

/** One alert when the broker goes silent, resolved when it is back: one that comes and goes is one problem. */
function brokerWatch({
  journal,
}: Pick<EngineParts, 'journal'>): (observation: Observation) => void {
  let answersSince: EpochMs | undefined;
  return ({ at, broker }) => {
    answersSince = broker.connected ? (answersSince ?? at) : undefined;
    const open = openAlert(journal.book(), BROKER);
    if (!broker.connected && !open) {
      journal.append({ kind: 'alert', alert: brokerAlert(broker) });
    } else if (open && answersSince !== undefined && at - answersSince >= STEADY_MS) {
      journal.append({ kind: 'resolved', subject: BROKER, text: 'The broker answers again.' });
    }
  };
}

function brokerAlert({ problem, unreadable }: Observation['broker']): Alert {
  return {
    subject: BROKER,
    severity: 'error',
    title: unreadable ? 'The broker’s answer could not be read' : 'The broker does not answer',
    text: problem ?? 'No answer.',
    remedy: 'Rotor keeps asking; no order is sent meanwhile. Positions stay unchanged.',
  };
}

/** Whether the observed managed equity would hit the drawdown limit. */
export function hitsDrawdownLimit(
  { journal, limits }: Pick<EngineParts, 'journal' | 'limits'>,
  observer: Pick<Observer, 'bars'>,
  observation: Observation,
): boolean {
  const { account } = observation;
  const { account: own, state } = journal.book();
  if (!account || account.id !== own?.id || state.state !== 'RUN') return false;
  if (observation.isContradicted) return false;
  // Shares that arrive a day late, or their replacement, are not a loss.
  if (incompleteActions(journal.book(), observation, observer.bars()).length > 0) return false;
  return drawdownNow(journal.book(), observation) >= limits.maxDrawdown;
}

/** A refresh asks before and after it compared the books. */
const drawdownNow = keepingLast((book: AccountState, seen: Observation): number => {
  const now = snapshotOf(seen);
  return now ? belowPeak(book, now) : 0;
});

const DRAWDOWN: AlertSubject = { about: 'drawdown' };

/** Below the peak by more than the limit: nothing adds exposure until a person allows it. */
function watchDrawdown(
  parts: MonitorParts,
  observer: Pick<Observer, 'bars'>,
  observation: Observation,
): void {
  const { journal, limits } = parts;
  const { account, positions } = observation;
  const { state, alerts } = journal.book();
  if (!account || state.state !== 'RUN') return;
  if (missingShares(journal.book(), positions).size > 0) return;
  if (!hitsDrawdownLimit(parts, observer, observation)) {
    if (openAlert({ alerts }, DRAWDOWN)) {
      const text = `Resumed by ${state.by}: ${state.reason}`;
      journal.append({ kind: 'resolved', subject: DRAWDOWN, text });
    }
    return;
  }
  const reason = `managed equity is ${percent(drawdownNow(journal.book(), observation))} below its peak`;
  journal.append(
    { kind: 'state', state: 'REDUCE', by: 'rotor', reason },
    {
      kind: 'alert',
      alert: {
        subject: DRAWDOWN,
        severity: 'critical',
        title: 'Drawdown limit',
        text: `${reason}; MAX_DRAWDOWN is ${percent(limits.maxDrawdown)}.`,
        remedy: 'Nothing is bought until somebody resumes trading.',
        advice: { code: 'drawdown' },
      },
    },
  );
}

/** Reports a new regime; the scheduler decides whether it is traded. */
function watchRegime(parts: MonitorParts, { data }: Observation): void {
  const { journal } = parts;
  const known = journal.book().regime;
  const now = data.regime?.kind;
  if (!now || data.asOf === undefined || known?.kind === now) return;
  // A session has one regime, however often its bars or those before it are replaced.
  if (known && data.asOf <= known.since) return;
  const entries: Entry[] = [{ kind: 'regime', asOf: data.asOf, regime: now }];
  if (known) {
    // Each change is a separate event with a message of its own.
    const subject: AlertSubject = { about: 'regime', asOf: data.asOf };
    entries.push(
      ...resolvedEntries(
        journal.book(),
        ['regime'],
        `Another change followed on ${data.asOf}.`,
        'lapsed',
      ),
    );
    entries.push({ kind: 'alert', alert: regimeAlert(parts, subject, known.kind, now) });
  }
  journal.append(...entries);
}

function regimeRemedy({
  regimeHoldSessions = REGIME_HOLD_SESSIONS,
}: Pick<EngineParts, 'regimeHoldSessions'>): string {
  return `Rotor rebalances once the new regime has held for ${closesInARow(regimeHoldSessions)}.`;
}

function regimeAlert(
  parts: MonitorParts,
  subject: AlertSubject,
  before: string,
  now: string,
): Alert {
  return {
    subject,
    severity: 'info',
    title: 'Regime changed',
    text: `From ${before} to ${now}.`,
    ...(parts.rebalanceOnRegimeChange
      ? { remedy: regimeRemedy(parts) }
      : {
          remedy: 'Nothing trades before the next rebalance.',
          advice: { code: 'regime-not-traded' },
        }),
  };
}
