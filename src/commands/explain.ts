import { ApplicationCommandOptionType } from 'discord.js';
import { cut, instantOf } from '#bot/format.ts';
import type { Choice, Command, Context } from '#bot/interactions/command.ts';
import { notice, type Post, quoting } from '#bot/post.ts';
import { decisionPost } from '#bot/posts/decision.ts';
import { explainPost } from '#bot/posts/explain.ts';
import { decisionNames, decisionView } from '#core/views/decision.ts';
import { explainInDecision, explainView } from '#core/views/explain.ts';

/** A ticker's current state, a whole decision, or the ticker in that decision. */
export const explain: Command = {
  definition: {
    name: 'explain',
    description: 'Why a ticker is chosen or not, or why a decision came out as it did',
    options: [
      {
        type: ApplicationCommandOptionType.String,
        name: 'ticker',
        description: 'A sector of the universe',
        max_length: 10,
        autocomplete: true,
      },
      {
        type: ApplicationCommandOptionType.String,
        name: 'decision',
        description: 'A rebalance; without a ticker its whole record',
        max_length: 100,
        autocomplete: true,
      },
    ],
  },
  access: 'viewer',
  audience: 'asker',
  slow: false,
  run: (context) => ({ post: answer(context) }),
  complete: (context, typed, option) =>
    option === 'decision' ? decisions(context, typed) : tickers(context, typed),
};

function answer({ engine, models, options }: Context): Post {
  const ticker = options.get('ticker');
  const decision = options.get('decision');
  const [book, seen] = [engine.book(), engine.observation()];
  if (decision === undefined) {
    if (ticker === undefined) return notice('Name a ticker, a decision, or both.');
    return explainPost(explainView(seen, models, String(ticker)));
  }
  const id = String(decision).trim();
  const unknown = notice(quoting('There is no such decision', id));
  if (ticker !== undefined) {
    const view = explainInDecision(book, id, seen, models, String(ticker));
    return view ? explainPost(view) : unknown;
  }
  const view = decisionView(book, id, seen.mode);
  return view ? decisionPost(view) : unknown;
}

/** Matches any part of the ticker or the sector's name. */
function tickers({ engine }: Context, typed: string): readonly Choice[] {
  const { sectors, defensive } = engine.observation().universe;
  const wanted = typed.trim().toLowerCase();
  return [...sectors, defensive]
    .map(({ ticker, sector }) => ({ name: `${ticker} ${sector}`, value: ticker }))
    .filter(({ name }) => name.toLowerCase().includes(wanted));
}

/** Newest first; matches any part of the name or the decision date. */
function decisions({ engine }: Context, typed: string): readonly Choice[] {
  const wanted = typed.trim().toLowerCase();
  return decisionNames(engine.book())
    .map(({ id, at }) => ({ name: cut(`${id} · ${instantOf(at)}`, 100), value: id }))
    .filter(({ name }) => name.toLowerCase().includes(wanted))
    .slice(0, 25);
}
