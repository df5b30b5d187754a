/** Rejected orders in plain words: the broker's known rejections and our own. */

import { type AccountState, openAlert } from '#core/domain/account-state.ts';
import type { Advice, RefusalCode } from '#core/domain/advice.ts';
import type { Alert, AlertSubject } from '#core/domain/alert.ts';
import type { OrderIntent } from '#core/domain/order.ts';
import type { OrderBlock } from './order-block.ts';

interface Rejection {
  /** Matched against the broker's message, ignoring case. */
  readonly said: RegExp;
  readonly words: string;
  readonly code: RefusalCode;
  /** It will be rejected again, however often it is sent. */
  readonly isFinal?: true;
}

const PLAN_CONTINUES = 'The rest of the plan continues; what is left is reported at the end.';
const TRIED_AGAIN = `It is tried again in a few minutes. ${PLAN_CONTINUES}`;

/** The first match counts: patterns about the account come before those about an asset. */
const REJECTIONS: readonly Rejection[] = [
  {
    said: /insufficient (day ?trading )?buying power/i,
    words: 'the account does not have enough buying power for it',
    code: 'buying-power',
  },
  {
    said: /wash trade|opposite side .*order exists|cannot open a (long buy|short sell) while a/i,
    words: 'an order on the other side of the same ticker is open, and both would be a wash trade',
    code: 'wash-trade',
  },
  {
    // A sell of more than is held would be a short sale.
    said: /insufficient (qty|shares|position)|\bshort(ed|ing)?\b/i,
    words: 'the shares are not there, or another open sell order reserves them',
    code: 'shares-held',
  },
  {
    said: /not fractionable|fractional|qty must be (an )?integer/i,
    words: 'it accepts no fractional shares of this ticker or in this account',
    isFinal: true,
    code: 'no-fractions',
  },
  {
    said: /pattern day trad|\bpdt\b|day ?trad(e|ing) (buying power|protection|count)/i,
    words: 'its day-trading rules block the order',
    code: 'day-trading',
  },
  {
    said: /cost basis must be|minimal amount of order/i,
    words: 'the order is below its minimum size',
    isFinal: true,
    code: 'too-small',
  },
  {
    said: /market (is )?(closed|not open)|outside (of )?(regular|market|trading) hours|must be submitted (after|before)/i,
    words: 'the market is closed for such orders',
    code: 'market-closed',
  },
  {
    said: /by user request|suspend_?trade/i,
    words: 'orders are turned off in the settings of the account',
    code: 'switched-off',
  },
  {
    said: /account .*(not authorized|not allowed|blocked|restricted|suspended|not active|disabled)|trading.?blocked/i,
    words: 'the account may not trade',
    code: 'account-blocked',
  },
  {
    said: /halted|not tradable|cannot be traded|not active|inactive|asset .*not found|symbol not found|could not find asset/i,
    words: 'the ticker cannot be traded there at present',
    code: 'not-tradable',
  },
];

/** Whether the reason for a broker's rejection may pass, so that the remainder is retried later. */
export function mayPass(reason: string): boolean {
  return REJECTIONS.find(({ said }) => said.test(reason))?.isFinal !== true;
}

/** The broker's own message is kept after the plain words: its support asks for it. */
export function brokerRejection(intent: OrderIntent, reason: string): Alert {
  const known = REJECTIONS.find(({ said }) => said.test(reason));
  const words = known
    ? `The broker rejected it: ${known.words} (“${reason}”).`
    : `The broker says: ${reason}`;
  const advice = known && ({ code: 'refused-by-broker', refusal: known.code } as const);
  return rejectionAlert(intent, words, mayPass(reason) ? TRIED_AGAIN : PLAN_CONTINUES, advice);
}

/** Whether an earlier order of the same line has raised the alert already. */
export function isRejectionKnown(book: AccountState, intent: OrderIntent): boolean {
  return earlierAttempts(intent).some((id) => openAlert(book, subjectOf(id)));
}

/** Rotor's own rejection: the limit by name, and what to do about it. */
export function limitRejection(intent: OrderIntent, { limit, reason }: OrderBlock): Alert {
  const advice = { code: 'refused-by-limit', limit } as const;
  return rejectionAlert(intent, `Rotor says: ${limit}: ${reason}`, PLAN_CONTINUES, advice);
}

/** The ids of the earlier orders of its line. */
function earlierAttempts({ clientOrderId, attempt }: OrderIntent): readonly string[] {
  const stem = clientOrderId.slice(0, -String(attempt).length);
  return Array.from({ length: attempt - 1 }, (_, index) => `${stem}${index + 1}`);
}

function subjectOf(clientOrderId: string): AlertSubject {
  return { about: 'refused-order', clientOrderId };
}

function rejectionAlert(
  intent: OrderIntent,
  words: string,
  remedy: string,
  advice: Advice | undefined,
): Alert {
  return {
    subject: subjectOf(intent.clientOrderId),
    severity: 'error',
    title: 'Order refused',
    text: `${intent.side} ${intent.ticker}: ${words}`,
    remedy,
    advice,
  };
}
