/** Findings in words, one line a rule: what `rotor verify` and the desk say of a ticker's bars. */
import type { DataQualityIssue, DataQualityRule } from './findings.ts';

const MANY: Readonly<Record<DataQualityRule, string>> = {
  jump: 'moves of more than 25 %',
  apart: 'moves that leave the others',
  still: 'days on which every close stood still',
  'no-volume': 'rows with a volume of 0',
  range: 'rows outside their own low and high',
  'no-session': 'rows on days without a session',
  gap: 'sessions without a row',
  ends: 'early ends',
  twin: 'days with the rows of another ticker',
  shifted: 'rows under the wrong day',
  'second-source': 'closes that another source has differently',
};

/**
 * Those that refuse decisions first, and said so. One finding is told whole, of many the first three
 * days: `5 rows with a volume of 0: 2015-10-14, 2015-11-25, 2015-11-27 and 2 more`.
 */
export function findingLines(findings: readonly DataQualityIssue[]): readonly string[] {
  const groups = Map.groupBy(findings, ({ rule, severity }) => `${severity} ${rule}`);
  const told = [...groups.values()].toSorted((a, b) => rank(a) - rank(b));
  return told.map((group) => `${lineOf(group)}${rank(group) === 0 ? REFUSES : ''}`);
}

const REFUSES = '; no decision over it unless ACCEPTED_MOVES names it';

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
