import { ApplicationCommandOptionType } from 'discord.js';
import { escape, label, money, quantity } from '#bot/format.ts';
import type { Answer, Choice, Command, Context } from '#bot/interactions/command.ts';
import { COMMAND_ACCESS } from '#bot/interactions/command-access.ts';
import { embed, notice } from '#bot/post.ts';
import type { LotCost } from '#core/domain/tax/lot-event.ts';
import { type UncostedLot, uncostedLots } from '#core/domain/tax/uncosted-lots.ts';
import { type Cents, dollars, sessionDate, type Ticker, ticker } from '#core/domain/units.ts';
import { readAs } from './read-as.ts';

/** Records the cost of a lot that arrived without one. */
export const lotCost: Command = {
  definition: {
    name: 'lot-cost',
    description:
      'Enter the cost of shares that arrived without one: held before Rotor, or transferred',
    options: [
      {
        type: ApplicationCommandOptionType.String,
        name: 'lot',
        description: 'The lot, such as XLK-17',
        required: true,
        max_length: 40,
        autocomplete: true,
      },
      {
        type: ApplicationCommandOptionType.Number,
        name: 'cost',
        description: 'Total cost of all its shares, in dollars',
        required: true,
        min_value: 0,
        max_value: 10_000_000_000,
      },
      {
        type: ApplicationCommandOptionType.String,
        name: 'acquired',
        description: 'Date acquired, such as 2024-03-18; decides between short and long term',
        max_length: 10,
      },
      {
        type: ApplicationCommandOptionType.String,
        name: 'from',
        description: 'Of a spin-off: the ticker whose cost this is a part of, such as XLF',
        max_length: 10,
      },
    ],
  },
  access: COMMAND_ACCESS['lot-cost'],
  audience: 'asker',
  slow: false,
  run: enter,
  complete: ({ engine }, typed) => choices(uncostedLots(engine.book().lots), typed),
};

function enter({ engine, asker, options }: Context): Answer {
  const lot = String(options.get('lot') ?? '').trim();
  const given = givenIn(options);
  if (typeof given === 'string') return { post: notice(given) };
  const outcome = engine.enterLotCost(lot, given, asker.name);
  if (outcome.kind === 'closed')
    return { post: notice(escape(outcome.reason, 300)), result: outcome.reason };
  const { cost, acquired, from } = given;
  const since = acquired === undefined ? '' : `, acquired ${acquired}`;
  const part = from === undefined ? '' : `, taken out of the cost of ${escape(from, 10)}`;
  const body = `${escape(lot, 40)}: ${money(cost)}${since}${part}.`;
  const { mode } = engine.observation();
  const note = label(asker.name, 80);
  return {
    post: { embeds: [embed({ mode, title: '● Cost of a lot entered', body, note })] },
    result: body,
  };
}

/** The values typed, or a sentence if one of them is invalid. */
function givenIn(options: Context['options']): LotCost | string {
  const cost = costOf(options.get('cost'));
  if (cost === undefined) return 'The cost is an amount in dollars, at least 0.';
  const [date, parent] = [options.get('acquired'), options.get('from')];
  const acquired = readAs(sessionDate, date);
  if (date !== undefined && acquired === undefined) return 'Write the date as 2024-03-18.';
  const from = readAs(tickerIn, parent);
  if (parent !== undefined && from === undefined) return 'Write the ticker as XLF.';
  return { cost, acquired, ...(from !== undefined && { from }) };
}

function costOf(typed: unknown): Cents | undefined {
  if (typeof typed !== 'number' || !(typed >= 0 && typed <= 10_000_000_000)) return undefined;
  return dollars(typed);
}

function tickerIn(text: string): Ticker {
  return ticker(text.toUpperCase());
}

/** Lots without a cost first. */
function choices(lots: readonly UncostedLot[], typed: string): readonly Choice[] {
  const wanted = typed.trim().toLowerCase();
  return lots
    .map(({ lot, qty, cost }) => {
      const known = cost === undefined ? 'no cost' : money(cost);
      return { name: `${lot} · ${quantity(qty)} shares · ${known}`, value: lot };
    })
    .filter(({ name }) => name.toLowerCase().includes(wanted))
    .slice(0, 25);
}
