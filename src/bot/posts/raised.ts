/** Cash set aside for withdrawal, and the button that releases it for investment. */
import { ButtonStyle, ComponentType } from 'discord.js';
import type { Mode } from '#core/domain/account.ts';
import { type RaisedMoney, raisedTotal } from '#core/domain/raised-cash.ts';
import { escape, lines, money } from '../format.ts';
import { embed, type Post } from '../post.ts';
import { rowsOf } from './ask-buttons.ts';

/** Custom id of the button that releases the cash for investment. */
export const RELEASE = 'raise:release';

/** Amount, deadline and approver of the cash set aside; no button when there is none. */
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
