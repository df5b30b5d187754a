/** The choices for a deposit, shown below its line. */
import { type APIButtonComponent, ButtonStyle, ComponentType } from 'discord.js';
import type { DepositChoice, DepositOffer } from '#core/domain/deposits.ts';
import { escape } from '../format.ts';
import { type ButtonRows, rowsOf } from './ask-buttons.ts';

/** Prefix of the buttons: `deposit:now:<the broker's id>`. */
export const DEPOSIT = 'deposit:';

/** The choice made or the choices available; nothing when the offer ended without an answer. */
export function depositWords(offer: DepositOffer | undefined): readonly string[] {
  if (!offer || (offer.over && !offer.choice)) return [];
  const by = escape(offer.choice?.by ?? 'nobody', 60);
  if (offer.choice?.choice === 'now')
    return [
      `${by} asked for a plan that invests it now. Unless that is approved, the next rebalance invests it.`,
    ];
  if (offer.choice) return [`Left for the next rebalance by ${by}.`];
  return ['The next rebalance invests it, unless an approver invests it now.'];
}

/** None once it was answered or has ended. */
export function depositButtons({ activity, choice, over }: DepositOffer): ButtonRows {
  if (choice || over) return [];
  return rowsOf([
    button(ButtonStyle.Primary, 'Invest now', 'now', activity.id),
    button(ButtonStyle.Secondary, 'At the next rebalance', 'later', activity.id),
  ]);
}

function button(
  style: ButtonStyle.Primary | ButtonStyle.Secondary,
  label: string,
  choice: DepositChoice,
  id: string,
): APIButtonComponent {
  return { type: ComponentType.Button, style, label, custom_id: `${DEPOSIT}${choice}:${id}` };
}
