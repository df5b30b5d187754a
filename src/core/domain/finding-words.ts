/** Data quality findings as text, one line per rule, for `rotor verify` and the bot. */
import type { DataQualityIssue, DataQualityRule } from './findings.ts';

const MANY: Readonly<Record<DataQualityRule, string>> = {
  jump: 'moves of more than 25 %',
  apart: 'moves far from the other sectors’',
  still: 'days on which no close changed',
  copy: 'copies of the bar before',
  'no-volume': 'rows with a volume of 0',
  range: 'rows with a price outside low and high',
  'no-session': 'rows on days without a session',
  gap: 'sessions without a row',
  ends: 'early ends',
  twin: 'days with another ticker’s rows',
  shifted: 'rows under the wrong day',
  'second-source': 'closes that differ from another source',
};

/**
 * Findings that block decisions come first and say so. A single finding is given in full, several as the
 * first three days: `5 rows with a volume of 0: 2015-10-14, 2015-11-25, 2015-11-27 and 2 more`.
 */
export function findingLines(findings: readonly DataQualityIssue[]): readonly string[] {
  const groups = Map.groupBy(findings, ({ rule, severity }) => `${severity} ${rule}`);
  const told = [...groups.values()].toSorted((a, b) => rank(a) - rank(b));
  return told.map((group) => `${lineOf(group)}${rank(group) === 0 ? REFUSES : ''}`);
}

const REFUSES = '; blocks decisions unless ACCEPTED_MOVES lists it';

function rank([first]: readonly DataQualityIssue[]): number {
  return first?.severity === 'refuses' ? 0 : 1;
}

function lineOf(group: readonly DataQualityIssue[]): string {
  const [first] = group;
  if (!first) return '';
  if (group.length === 1) return first.text;
  const named = group.slice(0, 3).map(({ date }) => date);
  const more = group.length > 3 ? ` and ${group.length - 3} more` : '';
  return `${group.length} ${MANY[first.rule]}: ${named.join(', ')}${more}`;
}
