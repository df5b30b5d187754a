import type { Mode } from '#core/domain/account.ts';
import type { NoDecision } from '#core/domain/decision.ts';
import type { Alert, Severity } from '#core/domain/entry.ts';
import type { EpochMs } from '#core/domain/units.ts';
import { instantOf, lines, plain, soon } from '../format.ts';
import { field, frame, type Post } from '../post.ts';

/** One trouble from its first alert to its end. */
export interface Incident {
  readonly alert: Alert;
  readonly count: number;
  readonly firstAt: EpochMs;
  readonly lastAt: EpochMs;
  readonly resolved: { readonly text: string; readonly at: EpochMs } | undefined;
}

const SIGNS: Readonly<Record<Severity, string>> = {
  info: 'ℹ',
  warning: '▲ Warning',
  error: '✗ Error',
  critical: '■ CRITICAL',
};

/** The same message for every repetition and for the end; a role is mentioned only when critical. */
export function alertPost(incident: Incident, mode: Mode, alertRoleId: string | undefined): Post {
  const { alert, resolved, firstAt } = incident;
  const title = `${resolved ? '✓ Resolved' : SIGNS[alert.severity]} · ${plain(alert.title, 120)}`;
  const fields = resolved ? [] : [field('What to do', plain(alert.remedy, 500), false)];
  const embed = frame({ mode, title, body: bodyOf(incident), fields, note: instantOf(firstAt) });
  if (alert.severity !== 'critical' || resolved || alertRoleId === undefined)
    return { embeds: [embed] };
  return { content: `<@&${alertRoleId}>`, embeds: [embed], mention: alertRoleId };
}

function bodyOf({ alert, count, firstAt, lastAt, resolved }: Incident): string {
  const seen = count > 1 ? [`Seen ${count} times, last ${soon(lastAt, firstAt)}.`] : [];
  const end = resolved
    ? [`**Resolved ${soon(resolved.at, firstAt)}:** ${plain(resolved.text, 500)}`]
    : [];
  return [plain(alert.text, 1500), ...seen, ...end].join('\n');
}

/** No decision was taken: positions stay, and the faulty tickers stand by name. */
export function noDecisionPost(outcome: NoDecision, cause: string, at: EpochMs, mode: Mode): Post {
  const found = [...outcome.found].map(([ticker, date]) => `${ticker}: found ${plain(date, 80)}`);
  return {
    embeds: [
      frame({
        mode,
        title: `▲ No decision · ${plain(cause, 80)}`,
        body: `${plain(outcome.reason, 1500)}\n${lines(found, 1000)}`,
        fields: [
          field('Expected', outcome.expected),
          field('What happens', 'Positions stay. Rotor looks again by itself.', false),
        ],
        note: instantOf(at),
      }),
    ],
  };
}
