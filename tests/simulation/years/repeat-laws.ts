/** Every message once: what was said is not said again and again, however often its cause comes and goes. */
import { type AlertTopic, subjectKey } from '#core/domain/alert.ts';
import type { Entry, Recorded } from '#core/domain/entry.ts';
import { formatLogLine } from '#core/domain/journal-events/table.ts';
import { areaOf } from './kinds.ts';
import type { LawParts } from './order-laws.ts';

const DAY_MS = 24 * 3_600_000;
/** A problem that ends and comes back is a new one, so often within a day. */
const MOST_A_DAY = 6;
/** What Rotor writes down by itself besides alerts and their ends. */
const BY_ITSELF: ReadonlySet<Entry['kind']> = new Set([
  ...(['no-decision', 'regime', 'announced', 'announcement-over', 'unannounced'] as const),
  ...(['equity', 'official-close', 'corrected-close', 'missed-closes', 'finished'] as const),
]);

/** What is counted of an error, which a resume closes: its words, its end, and how often its subject is told. */
const OF_HALTS = /^(Trading halted: |Error: |error|alerts about error)/;

/** Told of every entry, in order. */
export type Repeats = (recorded: Recorded) => void;

/** Nothing was said yet. */
export function createRepeats({
  time,
  report,
  faults,
}: Pick<LawParts, 'time' | 'report' | 'faults'>): Repeats {
  const said = new Map<string, readonly number[]>();
  const open = new Map<string, string>();

  /** Each thing that goes wrong with bars is news, however many do so within a day. */
  function newsOf(topic: AlertTopic): number {
    if (topic !== 'data-late') return 0;
    const since = time.now() - DAY_MS;
    return faults.begun.filter(({ kind, from }) => areaOf(kind) === 'bars' && from > since).length;
  }

  function count(what: string, words: string, more = 0): void {
    const now = time.now();
    const times = [...(said.get(what) ?? []).filter((at) => at > now - DAY_MS), now];
    said.set(what, times);
    if (times.length > MOST_A_DAY + more)
      report('message again and again', `${times.length} times within a day: ${words}`);
  }

  /** After a person changes the trading state, Rotor may report again why it halts. */
  function forgetHalts(): void {
    for (const what of said.keys()) if (OF_HALTS.test(what)) said.delete(what);
    for (const key of open.keys()) if (key.startsWith('error')) open.delete(key);
  }

  return (recorded) => {
    const { entry } = recorded;
    if (entry.kind === 'state' && entry.by !== 'rotor') forgetHalts();
    const words = wordsOf(recorded);
    if (words === undefined) return;
    count(words, words);
    if (entry.kind === 'resolved') open.delete(subjectKey(entry.subject));
    if (entry.kind !== 'alert') return;
    const key = subjectKey(entry.alert.subject);
    if (open.get(key) === words) report('message again and again', `open already: ${words}`);
    open.set(key, words);
    count(`alerts about ${key}`, words, newsOf(entry.alert.subject.about));
  };
}

function wordsOf({ entry, at, seq }: Recorded): string | undefined {
  if (entry.kind === 'alert') return `${entry.alert.title}: ${entry.alert.text}`;
  if (entry.kind === 'resolved') return `${subjectKey(entry.subject)}: ${entry.text}`;
  if (!BY_ITSELF.has(entry.kind)) return undefined;
  // The same words are the same words, whenever they are said.
  const stamp = formatLogLine({ entry, at, seq })?.split(' ET  ');
  // Several closes are recorded at once after a restored backup, at times of the same cash.
  const of = entry.kind === 'equity' ? ` of ${entry.point.session}` : '';
  return `${entry.kind}${of}: ${stamp?.[1] ?? JSON.stringify(entry)}`;
}
