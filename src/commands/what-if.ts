import { ApplicationCommandOptionType } from 'discord.js';
import type { Answer, Command, Context, Options } from '#bot/interactions/command.ts';
import { notice } from '#bot/post.ts';
import { studyPost } from '#bot/posts/study.ts';
import { dollars, type Ticker, ticker } from '#core/domain/units.ts';
import type { Change, CurrentHoldings } from '#core/studies.ts';
import { answerLater, triedAt } from './study.ts';

const NUMBER = ApplicationCommandOptionType.Number as const;
const COUNT = ApplicationCommandOptionType.Integer as const;
const TEXT = ApplicationCommandOptionType.String as const;

/** Effects of other settings; sends nothing, does not contact the broker, and changes nothing. */
export const whatIf: Command = {
  definition: {
    name: 'whatif',
    description: 'What other settings would change: today’s plan and ten years; changes nothing',
    options: [
      { type: COUNT, name: 'lookback', description: 'Sessions', min_value: 1, max_value: 250 },
      {
        type: COUNT,
        name: 'top',
        description: 'Maximum number of sectors',
        min_value: 1,
        max_value: 11,
      },
      ...percents([
        ['minimum', 'Minimum momentum, in per cent', 0],
        ['cap', 'Maximum weight of one sector, in per cent', 1],
      ]),
      {
        type: NUMBER,
        name: 'reserve',
        description: 'Dollars kept in cash',
        min_value: 0,
        max_value: 10_000_000_000,
      },
      { type: ApplicationCommandOptionType.Boolean, name: 'skip', description: 'Skip this month' },
      { type: TEXT, name: 'add', description: 'A ticker to add to the ranking', max_length: 8 },
      { type: TEXT, name: 'without', description: 'A ticker to leave out', max_length: 8 },
    ],
  },
  access: 'viewer',
  audience: 'asker',
  slow: true,
  run,
};

function percents(all: readonly (readonly [name: string, description: string, least: number])[]) {
  return all.map(([name, description, least]) => {
    return { type: NUMBER, name, description, min_value: least, max_value: 100 };
  });
}

function run(context: Context): Answer {
  const { engine, options, asker } = context;
  const change = changeOf(options);
  if (Object.keys(change).length === 0) {
    return { post: notice('Name at least one setting to change, such as lookback.') };
  }
  return answerLater<'what-if'>(
    context,
    (studies, progress) => {
      const { modelRoles: roles } = engine.book();
      const now = currentHoldings(context);
      const asked = { kind: 'what-if', bars: engine.bars(), roles, change, now } as const;
      return studies.ask<'what-if'>(asked, progress);
    },
    (answer) => {
      const { key, settings } = answer;
      engine.recordTried({ what: 'what-if', key, settings, by: asker.name });
      return studyPost(engine.observation().mode, 'What if', answer, triedAt(context));
    },
  );
}

/** The account as last seen: no new request is made. */
function currentHoldings({ engine }: Context): CurrentHoldings | undefined {
  const { account, positions, prices } = engine.observation();
  if (!account) return undefined;
  const { equity, cash } = account;
  return { account: { equity, cash }, positions, prices };
}

function changeOf(options: Options): Change {
  const number = (name: string, scale = 1): number | undefined => {
    const value = options.get(name);
    return typeof value === 'number' ? value / scale : undefined;
  };
  const reserve = number('reserve');
  const change: Change = {
    lookback: number('lookback'),
    top: number('top'),
    minimum: number('minimum', 100),
    cap: number('cap', 100),
    reserve: reserve === undefined ? undefined : dollars(reserve),
    skip: options.get('skip') === true ? true : undefined,
    add: sectorIn(options.get('add')),
    leaveOut: sectorIn(options.get('without')),
  };
  return Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined));
}

function sectorIn(given: unknown): Ticker | undefined {
  const text = String(given ?? '')
    .trim()
    .toUpperCase();
  return /^[A-Z.]{1,8}$/.test(text) ? ticker(text) : undefined;
}
