/** Events of alerts: raised, resolved, acknowledged. */
import type { OpenAlert } from '#core/domain/account-state.ts';
import { type Alert, type AlertSubject, subjectKey } from '#core/domain/alert.ts';
import type { EpochMs } from '#core/domain/units.ts';
import { type JournalEvents, noKey, put } from './journal-event.ts';

/** Entries about alerts. */
export type AlertEntry =
  | { readonly kind: 'alert'; readonly alert: Alert }
  | {
      readonly kind: 'resolved';
      readonly subject: AlertSubject;
      readonly text: string;
      /** Set where it was not resolved: it expired, or something else replaced it. */
      readonly lapsed?: true | undefined;
    }
  /** A person has seen the open alert of that subject: it is not repeated. */
  | { readonly kind: 'acknowledged'; readonly subject: AlertSubject; readonly by: string };

/** The rows of alerts. */
export const ALERT_EVENTS = {
  alert: {
    key: noKey,
    reduce: ({ alerts }, { alert }, at) => {
      const key = subjectKey(alert.subject);
      return { alerts: put(alerts, key, raised(alerts.get(key), alert, at)) };
    },
    log: ({ alert: { severity, title, text } }) => `${severity}: ${title}: ${text}`,
    message: 'alert',
    exports: [],
  },
  resolved: {
    key: noKey,
    reduce: (state, { subject }) => {
      const alerts = new Map(state.alerts);
      alerts.delete(subjectKey(subject));
      return { alerts };
    },
    log: ({ text, lapsed }) => `${lapsed ? 'closed, not done' : 'resolved'}: ${text}`,
    message: 'alert',
    exports: [],
  },
  acknowledged: {
    key: noKey,
    reduce: ({ alerts }, { subject, by }, at) => {
      const key = subjectKey(subject);
      const known = alerts.get(key);
      if (!known) return {};
      return { alerts: put(alerts, key, { ...known, acknowledged: { by, at } }) };
    },
    log: ({ subject, by }) => `${by} has seen: ${subjectKey(subject)}`,
    message: 'alert',
    exports: [],
  },
} as const satisfies JournalEvents<AlertEntry>;

function raised(known: OpenAlert | undefined, alert: Alert, at: EpochMs): OpenAlert {
  return {
    alert,
    count: (known?.count ?? 0) + 1,
    firstAt: known?.firstAt ?? at,
    lastAt: at,
    // An acknowledgement applies to the text that was shown; a different text is new.
    acknowledged: known?.alert.text === alert.text ? known.acknowledged : undefined,
  };
}
