/** Cash that is kept for somebody, and the button that lets it be invested again. */
import { ButtonStyle, ComponentType } from 'discord.js';
import type { Mode } from '#core/domain/account.ts';
import { type RaisedMoney, raisedTotal } from '#core/domain/raised-cash.ts';
import { escape, lines, money } from '../format.ts';
import { embed, type Post } from '../post.ts';
import { rowsOf } from './ask-buttons.ts';

/** Of the button that lets raised cash be invested again. */
export const RELEASE = 'raise:release';

/** What is kept, for when, and by whose approval; no button where nothing is. */
export function raisedPost(raised: RaisedMoney, mode: Mode): Post {
  const kept = [...raised.values()].map(({ amount, neededBy, by }) => {
    const when = neededBy === undefined ? '' : ` for ${neededBy}`;
    return `${money(amount)}${when}, approved by ${escape(by, 60)}`;
  });
  const post = embed({
    mode,
    title: `Raised cash · ${money(raisedTotal(raised))}`,
    body: kept.length === 0 ? 'No raised cash is kept.' : lines(kept, 3_000),
    note: 'kept until it is withdrawn or released',
  });
  return { embeds: [post], components: kept.length === 0 ? [] : rowsOf([releaseButton]) };
}

const releaseButton = {
  type: ComponentType.Button,
  style: ButtonStyle.Secondary,
  label: 'Release',
  custom_id: RELEASE,
} as const;
