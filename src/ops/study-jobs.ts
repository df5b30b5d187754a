/** Studies that run automatically: a check at the end of each month, and the evidence once. */
import { settingsTriedByHand, unfinished } from '#core/domain/account-state.ts';
import type { Recorded } from '#core/domain/entry.ts';
import type { SessionDate } from '#core/domain/units.ts';
import type { RunningEngine } from '#core/engine/engine.ts';
import { sentence } from '#core/errors.ts';
import type { Journal, Log } from '#core/ports.ts';
import type { Studies, StudyAnswer } from '#core/studies.ts';
import { isLast } from '#core/views/periods.ts';

/** Dependencies of startStudyJobs. */
export interface StudyJobsParts {
  readonly engine: Pick<RunningEngine, 'book' | 'bars' | 'listen' | 'observation'>;
  readonly journal: Pick<Journal, 'append'>;
  readonly studies: Studies;
  readonly log: Log;
}

/** Follows the journal until the returned function is called. */
export function startStudyJobs(parts: StudyJobsParts): () => void {
  let turn = Promise.resolve();
  const follow = (): void => {
    turn = turn.then(() => runDue(parts));
  };
  const forget = parts.engine.listen((event) => {
    if (event.kind === 'recorded' && isCause(event.recorded)) follow();
  });
  follow();
  return forget;
}

function isCause({ entry }: Recorded): boolean {
  return entry.kind === 'equity' || entry.kind === 'finished';
}

/** One after the other; a failed study is logged and retried with the next entry. */
async function runDue(parts: StudyJobsParts): Promise<void> {
  const { engine, log } = parts;
  try {
    if (isPageDue(parts)) await showPage(parts);
    const ended = lastMonthEnd(parts);
    if (ended !== undefined && !engine.book().checkedMonths.has(ended)) {
      await checkMonth(parts, ended);
    }
  } catch (error) {
    log.warn(`studies: ${sentence(error)}`);
  }
}

/** Once, after the first rebalance; with real money it was already read before. */
function isPageDue({ engine }: StudyJobsParts): boolean {
  const book = engine.book();
  if (engine.observation().mode === 'LIVE' || book.evidence.wasShown) return false;
  return book.rebalances.size > 0 && unfinished(book) === undefined;
}

function lastMonthEnd({ engine }: StudyJobsParts): SessionDate | undefined {
  return engine.book().equity.findLast(({ session }) => isLast('month', session))?.session;
}

async function showPage(parts: StudyJobsParts): Promise<void> {
  const evidence = await evidenceNow(parts);
  if (!evidence) return;
  const lines = evidence.screens.first.flatMap(({ title, lines: own }) => [title, ...own, '']);
  parts.journal.append({ kind: 'evidence-shown', lines });
}

async function checkMonth(parts: StudyJobsParts, session: SessionDate): Promise<void> {
  const [bars, raw] = [parts.engine.bars(), parts.engine.observation().raw];
  const parity = await parts.studies.ask<'parity'>({ kind: 'parity', bars, raw });
  if (parity.kind === 'refused') return parts.log.warn(`parity: ${parity.reason}`);
  const evidence = await evidenceNow(parts);
  const verdict = evidence && { verdict: evidence.verdict };
  const { equal, of, month } = parity;
  const beside = month?.to === session ? { beside: month } : {};
  parts.journal.append({ kind: 'month-checked', session, equal, of, ...verdict, ...beside });
}

async function evidenceNow({
  engine,
  studies,
}: StudyJobsParts): Promise<StudyAnswer['evidence'] | undefined> {
  const bars = engine.bars();
  if (bars.size === 0) return undefined;
  const book = engine.book();
  const answer = await studies.ask<'evidence'>({
    ...{ kind: 'evidence', bars, triedBefore: settingsTriedByHand(book), roles: book.modelRoles },
  });
  return answer.kind === 'refused' ? undefined : answer;
}
