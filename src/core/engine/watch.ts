/** What each look is watched for: the broker's silence, a deep drawdown, another regime. */
import type { Alert, Entry } from '../domain/entry.ts';
import type { Observation } from '../domain/observation.ts';
import { drawdown } from './limits.ts';
import type { EngineParts } from './parts.ts';

/** Writes down what a look brought to light. */
export function watch(parts: EngineParts, observation: Observation): void {
  watchBroker(parts, observation);
  watchDrawdown(parts, observation);
  watchRegime(parts, observation);
}

/** One alert when the broker goes, one word when it is back. */
function watchBroker({ journal }: EngineParts, { broker }: Observation): void {
  const open = journal.book().alerts.has('broker');
  if (!broker.connected && !open) {
    journal.append({ kind: 'alert', alert: brokerAlert(broker.problem) });
  } else if (broker.connected && open) {
    journal.append({ kind: 'resolved', subject: 'broker', text: 'Alpaca answers again.' });
  }
}

function brokerAlert(problem: string | undefined): Alert {
  return {
    subject: 'broker',
    severity: 'error',
    title: 'Alpaca does not answer',
    text: problem ?? 'No answer.',
    remedy: 'Rotor keeps asking; no order is sent meanwhile. Positions stay.',
  };
}

/** Whether the drawdown limit would be reached by what was seen, of the account that is ours. */
export function fallsDeep({ journal, limits }: EngineParts, { account }: Observation): boolean {
  const { account: own, peak, state } = journal.book();
  if (!account || account.id !== own?.id || state.state !== 'RUN') return false;
  return drawdown(account.equity, peak) >= limits.maxDrawdown;
}

/** Below the peak by more than the limit: nothing adds exposure until a person says so. */
function watchDrawdown(parts: EngineParts, observation: Observation): void {
  const { journal, limits } = parts;
  const { account } = observation;
  const { peak, state, alerts } = journal.book();
  if (!account || state.state !== 'RUN') return;
  if (!fallsDeep(parts, observation)) {
    if (alerts.has('drawdown')) {
      const text = `Resumed by ${state.by}: ${state.reason}`;
      journal.append({ kind: 'resolved', subject: 'drawdown', text });
    }
    return;
  }
  const reason = `equity is ${percent(drawdown(account.equity, peak))} below its peak`;
  journal.append(
    { kind: 'state', state: 'REDUCE', by: 'rotor', reason },
    {
      kind: 'alert',
      alert: {
        subject: 'drawdown',
        severity: 'critical',
        title: 'Drawdown limit',
        text: `${reason}; MAX_DRAWDOWN is ${percent(limits.maxDrawdown)}.`,
        remedy: 'Nothing is bought. An operator resumes with /resume and a reason.',
      },
    },
  );
}

function percent(fraction: number): string {
  return `${Math.round(fraction * 1000) / 10} %`;
}

/** Another regime is told; whether it is traded, the scheduler knows. */
function watchRegime(parts: EngineParts, { data }: Observation): void {
  const { journal } = parts;
  const known = journal.book().regime;
  const now = data.regime?.kind;
  if (!now || data.asOf === undefined || known?.kind === now) return;
  const entries: Entry[] = [{ kind: 'regime', asOf: data.asOf, regime: now }];
  if (known) entries.push({ kind: 'alert', alert: regimeAlert(parts, known.kind, now) });
  journal.append(...entries);
}

function regimeAlert(parts: EngineParts, before: string, now: string): Alert {
  return {
    subject: 'regime',
    severity: 'info',
    title: 'Regime changed',
    text: `From ${before} to ${now}.`,
    remedy: parts.rebalanceOnRegimeChange
      ? 'Rotor rebalances at the next allowed time.'
      : 'Nothing trades before the next rebalance; /rebalance does it now.',
  };
}
