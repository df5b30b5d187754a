/** Who did what, with which arguments and result; newest first. */
import type { Mode } from '#core/domain/account.ts';
import type { Recorded } from '#core/domain/entry.ts';
import type { EpochMs } from '#core/domain/units.ts';
import { escape, instantOf, soon } from '../format.ts';
import { embed, type Post } from '../post.ts';
import { countOf, pageButtons, pageOf } from './pages.ts';

/** Prefix of the page buttons. */
export const AUDIT = 'audit:';
const SIZE = 8;

/** One attempted action. */
export interface Attempt {
  readonly seq: number;
  readonly at: EpochMs;
  readonly who: string;
  /** A command's name, or the id of a button or a form. */
  readonly what: string;
  readonly options: string;
  readonly allowed: boolean;
  /** Undefined while unknown. */
  readonly result: string | undefined;
}

/** Attempts with their results, in the order of the trail: newest first. */
export function attemptsIn(trail: readonly Recorded[]): readonly Attempt[] {
  const outcomes = new Map(
    trail.flatMap(({ entry }) => (entry.kind === 'outcome' ? [[entry.id, entry.result]] : [])),
  );
  return trail.flatMap(({ seq, at, entry }): readonly Attempt[] => {
    if (entry.kind !== 'command') return [];
    const { userName: who, name: what, options, allowed, id } = entry;
    const result = allowed ? outcomes.get(id) : entry.result;
    return [{ seq, at, who, what, options, allowed, result }];
  });
}

/** Additional data of the list. */
export interface AuditExtras {
  readonly mode: Mode;
  readonly at: EpochMs;
  /** Older attempts exist but are not counted. */
  readonly more: boolean;
}

/**
 * Attempts up to `until`, a journal position kept in the buttons: each press is an attempt itself and would
 * otherwise shift the list.
 */
export function auditPost(
  all: readonly Attempt[],
  until: number,
  asked: number,
  { mode, at, more }: AuditExtras,
): Post {
  const page = pageOf(
    all.filter(({ seq }) => seq <= until),
    asked,
    SIZE,
  );
  const body = page.rows.map((attempt) => attemptLines(attempt, at));
  const last = page.number === page.of && more ? ['-# Older entries are in the journal.'] : [];
  return {
    embeds: [
      embed({
        mode,
        title: `Audit · ${countOf(page)}`,
        body: [...body, ...last].join('\n') || 'No actions yet.',
        note: instantOf(at),
      }),
    ],
    components: pageButtons(page, (number) => `${AUDIT}${number}:${until}`),
  };
}

/** Result of checking the whole journal's hash chain. */
export function verdictPost(
  { entries, fault }: { readonly entries: number; readonly fault: string | undefined },
  mode: Mode,
  at: EpochMs,
): Post {
  const title = fault === undefined ? '● Journal intact' : '■ Journal damaged';
  const body =
    fault === undefined
      ? `Checked ${entries} entries: none was changed, reordered or removed.`
      : `Checked ${entries} entries. First fault: ${escape(fault, 800)}`;
  return { embeds: [embed({ mode, title, body, note: instantOf(at) })] };
}

function attemptLines({ at, who, what, options, allowed, result }: Attempt, now: EpochMs): string {
  const name = what.includes(':') ? escape(what, 40) : `/${escape(what, 40)}`;
  const given = optionsLine(options);
  const came = result === undefined ? 'no outcome yet' : escape(result, 80);
  const head = `${allowed ? '✓' : '✗'} ${soon(at, now)} **${escape(who, 24)}** ${name}${given}`;
  return `${head}\n-# ${allowed ? '' : 'refused: '}${came}`;
}

/** Formats `{"reason":"x"}` as `reason:x`. */
function optionsLine(options: string): string {
  const text = options.replaceAll('","', '" "').replace(/[{}"]/g, '').trim();
  return text === '' ? '' : ` ${escape(text, 60)}`;
}
