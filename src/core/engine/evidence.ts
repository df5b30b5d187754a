/** With real money nothing is bought until an approver has read the evidence of the current setup. */
import { limitsText } from '../decide/inputs.ts';
import { type AccountState, openAlert } from '../domain/account-state.ts';
import type { Alert } from '../domain/alert.ts';
import { sessionOffset, sessionOnOrBefore } from '../domain/calendar.ts';
import type { Entry, EntryOf } from '../domain/entry.ts';
import { newYorkDate } from '../domain/new-york.ts';
import type { SessionDate } from '../domain/units.ts';
import { instruments } from '../domain/universe.ts';
import { resolvedEntries } from './alerts.ts';
import type { AnswerOutcome } from './answer-outcome.ts';
import type { EngineParts } from './parts.ts';

/** Actions of people on the evidence. */
export interface EvidenceActions {
  /** The hash of the setup that the evidence is about: universe, models, limits and rules. */
  evidenceHash(): string;
  /**
   * Records that an approver has read the evidence with that hash; closed when the setup has changed since.
   */
  readEvidence(hash: string, by: string): AnswerOutcome;
  /** Records settings that a person tried; trying the same again does not count. */
  recordTried(tried: Omit<EntryOf<'tried'>, 'kind'>): void;
}

/** Determines whether the evidence of the current setup has been read. */
export type EvidenceParts = Pick<
  EngineParts,
  'journal' | 'clocks' | 'mode' | 'universe' | 'models' | 'limits' | 'rules' | 'build' | 'hash'
>;
type Deciding = Omit<EvidenceParts, 'journal' | 'clocks' | 'mode'>;

/** Number of sessions for which an account already trading live may continue before reading it. */
const NOTICE_SESSIONS = 5;

const EVIDENCE = { about: 'evidence' } as const;

/** The hash of the setup that decides: a fix elsewhere in the program does not change it. */
export function evidenceHash({ universe, models, limits, rules, build, hash }: Deciding): string {
  const tickers = instruments(universe).map(({ ticker }) => ticker);
  const settings = models.map(({ weigh, ...model }) => model);
  return hash(JSON.stringify([tickers, settings, build.models, limitsText({ limits, rules })]));
}

/** Why nothing is bought now, as a sentence; undefined where buying is allowed. */
export function unreadEvidence(parts: EvidenceParts): string | undefined {
  const { journal, clocks, mode } = parts;
  if (mode !== 'LIVE') return undefined;
  const hash = evidenceHash(parts);
  const { due, read } = journal.book().evidence;
  if (read.has(hash)) return undefined;
  const from = due.get(hash);
  if (from !== undefined && newYorkDate(clocks.market.now()) < from) return undefined;
  return 'nobody has read the evidence of these models, limits and rules';
}

/**
 * Records from when on the evidence must have been read, and asks for it; resolves the request once it was.
 */
export function followEvidence(parts: EvidenceParts): void {
  const { journal, mode } = parts;
  if (mode !== 'LIVE') return;
  const hash = evidenceHash(parts);
  const book = journal.book();
  if (book.evidence.read.has(hash)) {
    journal.append(...resolvedEntries(book, ['evidence'], 'The evidence was read.'));
    return;
  }
  const known = book.evidence.due.get(hash);
  const from = known ?? dueFrom(parts, book);
  journal.append(
    ...(known ? [] : [{ kind: 'evidence-due', hash, from } satisfies Entry]),
    ...(openAlert(book, EVIDENCE) ? [] : [{ kind: 'alert', alert: alertOf(from) } as const]),
  );
}

/** An account that traded before this rule existed gets a notice period, once. */
function dueFrom({ clocks }: EvidenceParts, { rebalances, evidence }: AccountState): SessionDate {
  const today = newYorkDate(clocks.market.now());
  const isLiveAlready = rebalances.size > 0 && evidence.due.size === 0 && evidence.read.size === 0;
  if (!isLiveAlready) return today;
  return sessionOffset(sessionOnOrBefore(today).date, NOTICE_SESSIONS).date;
}

function alertOf(from: SessionDate): Alert {
  return {
    subject: EVIDENCE,
    severity: 'warning',
    title: 'Read the evidence',
    text: `With real money nothing is bought from ${from} on until an approver has read the evidence of these models, limits and rules.`,
    remedy: 'Sells, halts and flattening still work.',
    advice: { code: 'read-evidence' },
  };
}

/** The evidence actions, stored in the journal. */
export function createEvidenceActions(parts: EvidenceParts): EvidenceActions {
  const { journal } = parts;
  return {
    evidenceHash: () => evidenceHash(parts),
    readEvidence(hash, by) {
      if (hash !== evidenceHash(parts)) {
        const reason =
          'Models, limits or rules changed since this page; look at the evidence as it is now.';
        return { kind: 'closed', reason };
      }
      const known = journal.book().evidence.read.get(hash);
      if (known) return { kind: 'closed', reason: `Already read by ${known.by}.` };
      journal.append({ kind: 'evidence-read', hash, by });
      journal.append(...resolvedEntries(journal.book(), ['evidence'], `${by} has read it.`));
      return { kind: 'accepted' };
    },
    recordTried: (tried) => void journal.append({ kind: 'tried', ...tried }),
  };
}
