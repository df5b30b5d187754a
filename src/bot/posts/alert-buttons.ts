/** Buttons of an alert, by its subject. */
import {
  type APIActionRowComponent,
  type APIButtonComponent,
  ButtonStyle,
  ComponentType,
} from 'discord.js';
import type { AccountState } from '#core/domain/account-state.ts';
import { type Alert, type AlertSubject, subjectKey } from '#core/domain/alert.ts';
import { differenceHash } from '#core/domain/difference.ts';

/** Prefix of the button that acknowledges an alert; the incident's number follows. */
export const ACKNOWLEDGE = 'alert:ack:';
/** Prefix of the button that accepts a trade not made by Rotor. */
export const ADOPT_TRADE = 'external:adopt:';
/** Prefix of the button that ignores a trade not made by Rotor. */
export const IGNORE_TRADE = 'external:ignore:';
/** Prefix of the button that continues without an order that outlived its session. */
export const SET_ASIDE = 'order:set-aside:';
/** The button that opens the evidence. */
export const EVIDENCE_OPEN = 'evidence:open';
/** Prefix of the button that accepts what the broker holds. */
export const ACCEPT_DIFFERENCE = 'books:adopt:';

type Row = APIActionRowComponent<APIButtonComponent>;

/** Buttons of an open alert; none when there is nothing to press. */
export function alertButtons(alert: Alert, acknowledged: boolean): readonly Row[] {
  const id = differenceHash(subjectKey(alert.subject));
  const buttons: APIButtonComponent[] = [];
  if (alert.subject.about === 'external-trade') {
    buttons.push(button('Adopt', `${ADOPT_TRADE}${id}`, ButtonStyle.Primary));
    buttons.push(button('Ignore', `${IGNORE_TRADE}${id}`, ButtonStyle.Secondary));
  }
  if (alert.subject.about === 'reconciliation') {
    const shown = `${ACCEPT_DIFFERENCE}${differenceHash(alert.text)}`;
    buttons.push(button('Adopt', shown, ButtonStyle.Danger));
  }
  if (alert.subject.about === 'evidence') {
    buttons.push(button('Open the evidence', EVIDENCE_OPEN, ButtonStyle.Primary));
  }
  if (alert.subject.about === 'stuck-order') {
    buttons.push(button('Set aside', `${SET_ASIDE}${id}`, ButtonStyle.Danger));
  }
  if (alert.severity !== 'info' && !acknowledged) {
    buttons.push(button('Acknowledge', `${ACKNOWLEDGE}${id}`, ButtonStyle.Secondary));
  }
  return buttons.length === 0 ? [] : [{ type: ComponentType.ActionRow, components: buttons }];
}

/** Subject of the open alert that the button belonged to; undefined when it is resolved. */
export function subjectOf(book: AccountState, id: string): AlertSubject | undefined {
  return [...book.alerts].find(([key]) => differenceHash(key) === id)?.[1].alert.subject;
}

function button(
  label: string,
  customId: string,
  style: ButtonStyle.Primary | ButtonStyle.Secondary | ButtonStyle.Danger,
): APIButtonComponent {
  return { type: ComponentType.Button, style, label, custom_id: customId };
}
