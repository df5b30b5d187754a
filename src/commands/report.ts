import { ApplicationCommandOptionType } from 'discord.js';
import type { Choice, Command, Context } from '#bot/interactions/command.ts';
import { notice, type Post, quoting } from '#bot/post.ts';
import { askButton, askId, type ButtonRows, REPLACE, rowsOf } from '#bot/posts/ask-buttons.ts';
import { reportPost } from '#bot/posts/report.ts';
import { type Period, parsePeriod, periodsIn } from '#core/views/periods.ts';
import { reportView } from '#core/views/report.ts';

/** A report as it was or will be sent automatically; the last day's by default. */
export const report: Command = {
  definition: {
    name: 'report',
    description: 'A day, a week or a month: return, contribution, costs',
    options: [
      {
        type: ApplicationCommandOptionType.String,
        name: 'period',
        description: 'Such as 2026-11-20, 2026-W47 or 2026-11; default: the last day',
        max_length: 12,
        autocomplete: true,
      },
    ],
  },
  access: 'viewer',
  audience: 'asker',
  slow: true,
  run: (context) => ({ post: answer(context) }),
  complete: ({ engine }, typed) => choices(periodsIn(engine.book()), typed),
};

function answer({ engine, options }: Context): Post {
  const asked = options.get('period');
  const book = engine.book();
  const last = book.equity.at(-1)?.session;
  if (last === undefined)
    return notice('No session has been closed yet; there is nothing to report.');
  const key = String(asked ?? last).trim();
  const period = parsePeriod(key.toUpperCase());
  if (!period) {
    return notice('Write a day, a week or a month as 2026-11-20, 2026-W47 or 2026-11.');
  }
  const view = reportView(book, period, engine.observation());
  if (!view) return notice(quoting('There is no close in this period', key));
  return { ...reportPost(view), components: turnButtons(periodsIn(book), period) };
}

/** The period before and after, and the week and month around it. */
function turnButtons(all: readonly Period[], shown: Period): ButtonRows {
  const same = all.filter(({ kind }) => kind === shown.kind);
  const at = same.findIndex(({ key }) => key === shown.key);
  const [earlier, later] = [same[at + 1], same[at - 1]];
  const to = (label: string, period: Period | undefined) =>
    period ? [askButton(label, askId(REPLACE, 'report', ['period', period.key]))] : [];
  const buttons = [
    ...to(`‹ ${earlier?.key ?? ''}`, earlier),
    ...to(`${later?.key ?? ''} ›`, later),
    ...(shown.kind === 'day'
      ? []
      : to(
          'Last day',
          all.find(({ kind }) => kind === 'day'),
        )),
    ...(shown.kind === 'week'
      ? []
      : to(
          'This week',
          all.find(({ kind }) => kind === 'week'),
        )),
    ...(shown.kind === 'month'
      ? []
      : to(
          'This month',
          all.find(({ kind }) => kind === 'month'),
        )),
  ];
  return rowsOf(buttons);
}

const WORDS: Readonly<Record<Period['kind'], string>> = {
  day: 'Day',
  week: 'Week',
  month: 'Month',
};

/** Newest first; matches any part of `Week 2026-W47`. */
function choices(periods: readonly Period[], typed: string): readonly Choice[] {
  const wanted = typed.trim().toLowerCase();
  return periods
    .map(({ kind, key }) => ({ name: `${WORDS[kind]} ${key}`, value: key }))
    .filter(({ name }) => name.toLowerCase().includes(wanted))
    .slice(0, 25);
}
