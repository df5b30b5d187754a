import { ApplicationCommandOptionType } from 'discord.js';
import type { Answer, Command, Context } from '#bot/interactions/command.ts';
import { notice } from '#bot/post.ts';
import { studyPost } from '#bot/posts/study.ts';
import { CALENDAR_DAYS } from '#core/domain/calendar.ts';
import { type SessionDate, sessionDate } from '#core/domain/units.ts';
import { readAs } from './read-as.ts';
import { answerLater, triedAt } from './study.ts';

/** Backtests one model or all of them; sends nothing and does not contact the broker. */
export const backtest: Command = {
  definition: {
    name: 'backtest',
    description: 'The models over history, beside SPY; sends no order',
    options: [
      option('model', 'One model; default: all', true),
      option('from', 'First day, such as 2016-01-04; default: ten years ago'),
      option('to', 'Last day; default: the newest bars'),
    ],
  },
  access: 'viewer',
  audience: 'asker',
  slow: true,
  run,
  complete: ({ models }, typed) =>
    ['all', ...models.map(({ id }) => id)]
      .filter((name) => name.toLowerCase().includes(typed.trim().toLowerCase()))
      .map((name) => ({ name, value: name })),
};

function option(name: string, description: string, autocomplete = false) {
  const type = ApplicationCommandOptionType.String as const;
  return { type, name, description, max_length: 60, autocomplete };
}

function run(context: Context): Answer {
  const { engine, options, asker } = context;
  const model = String(options.get('model') ?? 'all').trim();
  const days = [dayIn(options.get('from')), dayIn(options.get('to'))] as const;
  const [from, to] = days;
  if (from === 'bad' || to === 'bad') return { post: notice('Write a day as 2016-01-04.') };
  return answerLater<'backtest'>(
    context,
    (studies, progress) => {
      const { modelRoles: roles } = engine.book();
      const asked = { kind: 'backtest', bars: engine.bars(), roles, model, from, to } as const;
      return studies.ask<'backtest'>(asked, progress);
    },
    (answer) => {
      const { key, settings } = answer;
      engine.recordTried({ what: 'backtest', key, settings, by: asker.name });
      return studyPost(engine.observation().mode, 'Backtest', answer, triedAt(context));
    },
  );
}

function dayIn(given: unknown): SessionDate | 'bad' | undefined {
  if (given === undefined) return undefined;
  const day = readAs(sessionDate, given);
  if (day === undefined || day < CALENDAR_DAYS.first || day > CALENDAR_DAYS.last) return 'bad';
  return day;
}
