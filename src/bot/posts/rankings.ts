import type { APIEmbed } from 'discord.js';
import type { RankingRow, RankingsView, RankingTable } from '#core/views/rankings.ts';
import { rankingChart } from '../charts/ranking.ts';
import { block, COLUMNS, code, escape, label, lines, percent, row } from '../format.ts';
import { embed, type Post } from '../post.ts';

/**
 * The sectors as ranked by each active model and always the first model; or by one given model, active or
 * not. The bars are those of the last table, in whose embed they are shown.
 */
export function rankingsPost(view: RankingsView, model?: string): Post {
  const shown = view.tables.filter((table, index) =>
    model === undefined ? index === 0 || table.active === true : table.modelId === model,
  );
  const last = shown.at(-1);
  if (!last) return { embeds: [nothing(view)] };
  const embeds = shown.map((table, index) => tableEmbed(table, view, index === 0));
  const chart = rankingChart({
    lookback: last.lookback,
    asOf: view.asOf,
    rows: last.rows,
    // If the minimum excludes a top-ranked ticker, only the minimum applies.
    cutoff: last.cutOff < last.top ? undefined : last.rows[last.top - 1]?.momentum,
    minimum: last.minimum,
  });
  return chart ? { embeds, chart } : { embeds };
}

function nothing(view: RankingsView): APIEmbed {
  const body =
    view.missing === undefined ? 'No bars have been read yet.' : escape(view.missing, 1000);
  return embed({ mode: view.mode, title: 'Rankings', body, note: label(view.source) });
}

function tableEmbed(table: RankingTable, view: RankingsView, first: boolean): APIEmbed {
  const missing =
    first && view.missing !== undefined
      ? [`**No decision now:** ${escape(view.missing, 500)}`]
      : [];
  return embed({
    mode: view.mode,
    title: `Rankings · ${label(table.modelId)}`,
    body: [
      ...missing,
      `Momentum over ${table.lookback} sessions, bars to ${view.asOf ?? 'unknown'}`,
      block(rowsOf(table), 1200),
      legend(table),
      lines(
        table.excluded.map(({ ticker, reason }) => `${ticker} left out: ${escape(reason, 120)}`),
        600,
      ),
    ]
      .filter((part) => part !== '')
      .join('\n'),
    note: label(view.source),
  });
}

function rowsOf(table: RankingTable): readonly string[] {
  const rows = table.rows.map(rankingRow);
  return [...rows.slice(0, table.cutOff), cutOffLine(table), ...rows.slice(table.cutOff)];
}

/** ` 1 XLK  Technology     +23.4% ●`: 32 columns at most. */
function rankingRow({ rank, ticker, sector, momentum, held }: RankingRow): string {
  return row([
    [String(rank), 2, 'right'],
    [ticker, 4, 'left'],
    [code(sector ?? '', 13), 13, 'left'],
    [percent(momentum, 1), 8, 'right'],
    [held ? '●' : '', 1, 'left'],
  ]);
}

function cutOffLine({ top, minimum }: RankingTable): string {
  const text = `── top ${top}, at least ${percent(minimum, 0, 'plain')} `;
  return text.padEnd(COLUMNS - 1, '─').slice(0, COLUMNS);
}

function legend({ cutOff, defensive }: RankingTable): string {
  const line =
    cutOff === 0 ? `No sector qualifies: all in ${defensive}.` : 'Above the line: chosen.';
  return `-# ${line} ● held.`;
}
