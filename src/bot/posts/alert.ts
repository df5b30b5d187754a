import type { Mode } from '#core/domain/account.ts';
import type { Alert, Severity } from '#core/domain/alert.ts';
import type { NoDecision } from '#core/domain/decision.ts';
import type { EpochMs } from '#core/domain/units.ts';
import { escape, instantOf, lines, soon } from '../format.ts';
import { embed, field, type Post } from '../post.ts';
import { alertButtons } from './alert-buttons.ts';
import { brokerByName, remedyOf } from './alert-remedies.ts';
import { ticking } from './instants.ts';

/** One incident from its first alert to its resolution. */
export interface Incident {
  readonly alert: Alert;
  readonly count: number;
  readonly firstAt: EpochMs;
  readonly lastAt: EpochMs;
  /** Who has seen it; an acknowledged incident is not repeated. */
  readonly acknowledged?: { readonly by: string; readonly at: EpochMs } | undefined;
  /** `lapsed`: it ended without being solved. */
  readonly resolved:
    | { readonly text: string; readonly at: EpochMs; readonly lapsed?: true | undefined }
    | undefined;
}

const SIGNS: Readonly<Record<Severity, string>> = {
  info: 'ℹ',
  warning: '▲ Warning',
  error: '✗ Error',
  critical: '■ CRITICAL',
};

/** The same message for every repetition and for the resolution; a role is mentioned only when critical. */
export function alertPost(incident: Incident, mode: Mode, alertRoleId: string | undefined): Post {
  const { alert, resolved, firstAt, acknowledged } = incident;
  const title = `${resolved ? endOf(resolved) : SIGNS[alert.severity]} · ${escape(brokerByName(alert.title), 120)}`;
  const fields = resolved ? [] : [field('What to do', escape(remedyOf(alert), 500), false)];
  const body = bodyOf(incident);
  const whole = embed({ mode, title, body, fields, note: instantOf(firstAt) });
  const components = resolved ? [] : alertButtons(alert, acknowledged !== undefined);
  if (alert.severity !== 'critical' || resolved) return { embeds: [whole], components };
  return { ...calling(alertRoleId), embeds: [whole], components };
}

/** Sent as a new message at intervals, so that the phone rings, until it is acknowledged. */
export function reminderPost(
  { alert, firstAt }: Incident,
  round: { readonly number: number; readonly nextMinutes: number },
  mode: Mode,
  alertRoleId: string | undefined,
): Post {
  const title = `${SIGNS.critical} · still open: ${escape(brokerByName(alert.title), 100)}`;
  const again = `Nobody has acknowledged this. Reminder ${round.number}; the next in ${round.nextMinutes} min.`;
  const whole = embed({
    mode,
    title,
    body: `${escape(alert.text, 1000)}\n${again}`,
    fields: [field('What to do', escape(remedyOf(alert), 500), false)],
    note: `since ${instantOf(firstAt)}`,
  });
  return { ...calling(alertRoleId), embeds: [whole], components: alertButtons(alert, false) };
}

/** Alerts that arrived silently and were still open when quiet hours ended. */
export function quietHoursDigestPost(open: readonly Incident[], mode: Mode): Post {
  const each = open.map(({ alert, firstAt }) => {
    const what = `**${SIGNS[alert.severity]}** ${escape(brokerByName(alert.title), 80)}`;
    return `${what}, since ${instantOf(firstAt)}: ${escape(alert.text, 200)}`;
  });
  const title = '▲ Still open after the quiet hours';
  return { embeds: [embed({ mode, title, body: lines(each, 3000) })] };
}

/** A green tick only for incidents that were solved. */
function endOf({ lapsed }: NonNullable<Incident['resolved']>): string {
  return lapsed ? '○ Closed: not done' : '✓ Resolved';
}

function calling(roleId: string | undefined): Pick<Post, 'content' | 'mention'> {
  return roleId === undefined ? {} : { content: `<@&${roleId}>`, mention: roleId };
}

function bodyOf(incident: Incident): string {
  const { alert, count, firstAt, resolved, acknowledged } = incident;
  const seen = count > 1 ? [`Seen ${count} times, last ${lastOf(incident)}.`] : [];
  const known = acknowledged
    ? [`Acknowledged by ${escape(acknowledged.by, 60)}, ${soon(acknowledged.at, firstAt)}.`]
    : [];
  const end = resolved
    ? [
        `**${resolved.lapsed ? 'Closed' : 'Resolved'} ${soon(resolved.at, firstAt)}:** ${escape(brokerByName(resolved.text), 500)}`,
      ]
    : [];
  return [escape(alert.text, 1500), ...seen, ...known, ...end].join('\n');
}

/** While open, relative to the reader's time; afterwards the instant. */
function lastOf({ lastAt, firstAt, resolved }: Incident): string {
  return resolved ? soon(lastAt, firstAt) : ticking(lastAt);
}

/** No decision was made: positions stay, and the faulty tickers are listed. */
export function noDecisionPost(outcome: NoDecision, cause: string, at: EpochMs, mode: Mode): Post {
  const found = [...outcome.found].map(([ticker, date]) => `${ticker}: found ${escape(date, 80)}`);
  return {
    embeds: [
      embed({
        mode,
        title: `▲ No decision · ${escape(cause, 80)}`,
        body: `${escape(outcome.reason, 1500)}\n${lines(found, 1000)}`,
        fields: [
          field('Expected', outcome.expected),
          field(
            'What happens',
            'Positions stay unchanged. Rotor tries again automatically.',
            false,
          ),
        ],
        note: instantOf(at),
      }),
    ],
  };
}
