/** The latest days, weeks or months as one table. */
import type { Mode } from '#core/domain/account.ts';
import type { PeriodKind } from '#core/views/periods.ts';
import type { ReportView } from '#core/views/report.ts';
import { block, row } from '../format.ts';
import { embed, notice, type Post } from '../post.ts';
import { askButton, askId, REPLACE, rowsOf } from './ask-buttons.ts';
import { comparedCells, spyWords } from './figures.ts';

const WORDS: Readonly<Record<PeriodKind, string>> = { day: 'Days', week: 'Weeks', month: 'Months' };
const OFFERED = 5;

/** Newest first; `~` marks provisional or unfinished periods. Buttons open the newest reports. */
export function recentPeriodsPost(
  kind: PeriodKind,
  views: readonly ReportView[],
  mode: Mode,
): Post {
  const [newest] = views;
  if (!newest) return notice('No session has been closed yet; there is nothing to list.');
  const body = tableOf(views);
  const isOpen = views.some(isUnsettled);
  const title = `${WORDS[kind]} · the last ${views.length}`;
  const told = isOpen ? `${body}\n-# ~ not over yet, or official closes not available yet` : body;
  return {
    embeds: [embed({ mode, title, body: told, note: spyWords(newest.hasDividends) })],
    components: rowsOf(
      views
        .slice(0, OFFERED)
        .map(({ period: { key } }) => askButton(key, askId(REPLACE, 'report', ['period', key]))),
    ),
  };
}

/** The report of the last close, followed by the days of its week if there are several. */
export function weekSoFarPost({ embeds }: Post, days: readonly ReportView[]): Post {
  if (days.length < 2) return { embeds };
  return {
    embeds: embeds.map((each) => ({
      ...each,
      description: `${each.description ?? ''}\n${tableOf(days)}`,
    })),
  };
}

function tableOf(views: readonly ReportView[]): string {
  return block([line(['', 'YOU', 'SPY', 'ALPHA']), ...views.map(rowOf)], 2300);
}

function rowOf(view: ReportView): string {
  const mark = isUnsettled(view) ? '~' : '';
  return line([`${view.period.key}${mark}`, ...comparedCells(view.you, view.spy, 6)]);
}

function isUnsettled({ provisional, over }: ReportView): boolean {
  return provisional || !over;
}

/** 11 + 6 + 6 + 6 and three spaces: 32 columns. */
function line([name, you, spy, alpha]: readonly [string, string, string, string]): string {
  return row([
    [name, 11, 'left'],
    [you, 6, 'right'],
    [spy, 6, 'right'],
    [alpha, 6, 'right'],
  ]);
}
