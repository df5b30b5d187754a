import type { APIEmbedField } from 'discord.js';
import { epochMs } from '#core/domain/units.ts';
import type { DataRow, DataView } from '#core/views/data.ts';
import { block, DASH, escape, instantOf, label, lines, row, UNKNOWN } from '../format.ts';
import { embed, field, type Post } from '../post.ts';
import { countOf, pageButtons, pageOf } from './pages.ts';

/** Prefix of the page buttons. */
export const DATA = 'data:';
/** This many rows with their findings fit on a phone. */
const SIZE = 7;

/** One page of price age and quality; `asked` counts from 1. */
export function dataPost(view: DataView, asked = 1): Post {
  const page = pageOf(view.rows, asked, SIZE);
  const findings = [
    ...view.findings.map((text) => escape(`all: ${text}`, 200)),
    ...page.rows.flatMap(findingLine),
  ];
  return {
    embeds: [
      embed({
        mode: view.mode,
        title: `${view.missing === undefined ? '●' : '▲'} Bars · ${countOf(page)} tickers`,
        body: [
          ...(view.missing === undefined ? [] : [escape(view.missing, 500)]),
          oldestLine(view),
          block([HEAD, ...page.rows.map(dataRow)], 1000),
          '-# AGE: sessions that closed after the last bar.',
        ].join('\n'),
        fields: [
          field('Source', escape(view.source, 100)),
          field('Complete to', view.asOf ?? UNKNOWN),
          field('Expected', view.expected ?? UNKNOWN),
          ...originFields(view),
          ...(findings.length > 0 ? [field('Findings', lines(findings, 1000), false)] : []),
        ],
        note: label(instantOf(view.at)),
      }),
    ],
    components: pageButtons(page, (number) => `${DATA}${number}`, ['Back', 'More']),
  };
}

function oldestLine({ oldest }: DataView): string {
  if (oldest?.last === undefined) return 'There are no bars yet.';
  const { ticker, last, ageSessions = 0 } = oldest;
  if (ageSessions === 0) return `Every ticker has the last close, ${last}.`;
  const sessions = ageSessions === 1 ? '1 session' : `${ageSessions} sessions`;
  return `Oldest: ${ticker}, ends ${last}, ${sessions} behind.`;
}

const HEAD = cells(['', 'ROWS', 'FIRST', 'LAST', 'AGE']);

function dataRow({ ticker, rows, first, last, ageSessions, finding, findings }: DataRow): string {
  const age = ageSessions === undefined ? DASH : `${ageSessions}`;
  const name = finding === undefined && findings.length === 0 ? ticker : `${ticker}!`;
  return cells([name, `${rows}`, short(first), short(last), age]);
}

/** 5 + 4 + 8 + 8 + 3 and four spaces: 32 columns. */
function cells([name, rows, first, last, age]: readonly [
  string,
  string,
  string,
  string,
  string,
]): string {
  return row([
    [name, 5, 'left'],
    [rows, 4, 'right'],
    [first, 8, 'right'],
    [last, 8, 'right'],
    [age, 3, 'right'],
  ]);
}

/** `26-11-20`: two full dates and the other columns would not fit on a phone. */
function short(date: DataRow['first']): string {
  return date === undefined ? DASH : date.slice(2);
}

function findingLine({ ticker, finding, findings }: DataRow): readonly string[] {
  const all = [...(finding === undefined ? [] : [finding]), ...findings];
  return all.map((text) => escape(`${ticker}: ${text}`, 200));
}

/** One line per source, with its tickers and their latest fetch. */
function originFields({ rows }: DataView): readonly APIEmbedField[] {
  const known = rows.flatMap(({ ticker, provenance }) =>
    provenance ? [{ ticker, provenance }] : [],
  );
  const groups = Map.groupBy(known, ({ provenance: { source, feed, adjustment } }) =>
    [source, feed, adjustment].join(', '),
  );
  const told = [...groups].map(([origin, members]) => {
    const newest = Math.max(...members.map(({ provenance }) => provenance.fetchedAt));
    const who =
      members.length === known.length ? 'all' : members.map(({ ticker }) => ticker).join(' ');
    return `${who}: ${escape(origin, 120)}, ${instantOf(epochMs(newest))}`;
  });
  return told.length === 0 ? [] : [field('Origin', lines(told, 1000), false)];
}
