import { ApplicationCommandOptionType } from 'discord.js';
import type { Choice, Command } from '#bot/command.ts';
import { explainPost } from '#bot/posts/explain.ts';
import { UNIVERSE } from '#core/domain/universe.ts';
import { explainView } from '#core/views/explain.ts';

export const explain: Command = {
  definition: {
    name: 'explain',
    description: 'Why a ticker is chosen or not, and what would flip it',
    options: [
      {
        type: ApplicationCommandOptionType.String,
        name: 'ticker',
        description: 'A sector of the universe',
        required: true,
        max_length: 10,
        autocomplete: true,
      },
    ],
  },
  access: 'viewer',
  audience: 'asker',
  slow: false,
  run: ({ engine, models, options }) => {
    const asked = String(options.get('ticker') ?? '');
    return { post: explainPost(explainView(engine.observation(), models, asked)) };
  },
  complete: (_context, typed) => choices(typed),
};

/** Matches any part of the ticker or of the sector’s name. */
function choices(typed: string): readonly Choice[] {
  const wanted = typed.trim().toLowerCase();
  return [...UNIVERSE.sectors, UNIVERSE.defensive]
    .map(({ ticker, sector }) => ({ name: `${ticker} ${sector}`, value: ticker }))
    .filter(({ name }) => name.toLowerCase().includes(wanted));
}
