/** Records unexpected errors, and their end. */
import { type AccountState, type OpenAlert, openAlert } from '#core/domain/account-state.ts';
import type { Alert } from '#core/domain/alert.ts';
import type { Entry } from '#core/domain/entry.ts';
import { sentence, TradingError } from '#core/errors.ts';
import { resolvedEntries } from '../alerts.ts';
import type { EngineParts } from '../parts.ts';

/** An error that halted trading is counted again at most this often, and only when something changed. */
const REPEAT_MS = 30 * 60_000;

/** Resolves the error after a success. One that halted trading ends when a person resumes it. */
export function unexpectedErrorOver(book: AccountState): readonly Entry[] {
  return book.state.state === 'HALT' ? [] : resolvedEntries(book, ['error'], 'This works again.');
}

/** An unexpected error becomes one alert; one that makes trading unsafe becomes HALT as well. */
export function recordUnexpectedError(
  { clocks, journal, log }: Pick<EngineParts, 'clocks' | 'journal' | 'log'>,
  error: unknown,
): void {
  const text = sentence(error);
  const halt = error instanceof TradingError && error.remedy === 'halt';
  if (!(error instanceof TradingError)) {
    log.error(text, { error: error instanceof Error ? error.stack : undefined });
  }
  const alert = unexpectedErrorAlert(text, halt);
  const book = journal.book();
  const { state, reason } = book.state;
  const open = openAlert(book, alert.subject);
  const isNews = !open || (halt && isRepeatNews(book, open, clocks.market.now()));
  journal.append(
    ...(isNews ? [{ kind: 'alert', alert } as const] : []),
    ...(halt && (state !== 'HALT' || reason !== text)
      ? [{ kind: 'state', state: 'HALT', by: 'rotor', reason: text } as const]
      : []),
  );
}

/** While halted the same error recurs every five minutes; that alone is not news. */
function isRepeatNews({ state }: AccountState, { lastAt }: OpenAlert, now: number): boolean {
  return state.at > lastAt && now - lastAt >= REPEAT_MS;
}

function unexpectedErrorAlert(text: string, halt: boolean): Alert {
  return {
    subject: { about: 'error', text },
    severity: halt ? 'critical' : 'error',
    title: halt ? 'Trading halted' : 'Error',
    text,
    ...(halt && { advice: { code: 'halted' } }),
    remedy: halt
      ? 'No orders will be sent until an approver resumes trading.'
      : 'Rotor tries again in five minutes.',
  };
}
