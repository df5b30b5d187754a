/** Bars that are present but not credible: reported at once, not only when a decision is due. */
import { openAlert } from '#core/domain/account-state.ts';
import type { Alert, AlertSubject } from '#core/domain/alert.ts';
import type { Entry } from '#core/domain/entry.ts';
import type { Observation } from '#core/domain/observation.ts';
import { isReported, resolvedEntries } from '../alerts.ts';
import type { EngineParts } from '../parts.ts';

const BARS_IN_DOUBT: AlertSubject = { about: 'bars-in-doubt' };

/** Reported again when the issue, or its session, changes. */
export function dataQualityEntries(
  { journal }: Pick<EngineParts, 'journal'>,
  { data: { missing } }: Observation,
): readonly Entry[] {
  const open = openAlert(journal.book(), BARS_IN_DOUBT);
  if (!missing?.inDoubt) {
    return open
      ? resolvedEntries(journal.book(), [BARS_IN_DOUBT.about], 'The bars are clean again.')
      : [];
  }
  if (open?.alert.text === missing.reason) return [];
  if (isReported(journal.book(), missing.reason, BARS_IN_DOUBT.about)) return [];
  return [{ kind: 'alert', alert: dataQualityAlert(missing.reason) }];
}

function dataQualityAlert(text: string): Alert {
  return {
    subject: BARS_IN_DOUBT,
    severity: 'warning',
    title: 'Bars in doubt',
    text,
    remedy:
      'Positions stay. Rotor asks its source again every five minutes and continues automatically when ' +
      'the bars are clean. Where another source has the same move, name ' +
      'the day in ACCEPTED_MOVES.',
    advice: { code: 'bars-in-doubt' },
  };
}
