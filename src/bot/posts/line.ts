import type { Mode } from '#core/domain/account.ts';
import type { Activity } from '#core/domain/activity.ts';
import type { Recorded } from '#core/domain/entry.ts';
import { instantOf, money, plain, price as priceOf, quantity } from '../format.ts';
import { frame, type Post } from '../post.ts';

/** A short remark of the journal as a small message; undefined when it is none. */
export function linePost({ entry, at }: Recorded, mode: Mode): Post | undefined {
  const say = (title: string, body: string, world: Mode = mode): Post => ({
    embeds: [frame({ mode: world, title, body, note: instantOf(at) })],
  });
  switch (entry.kind) {
    case 'started':
      return say('● Started', `Version ${plain(entry.version, 80)}.`, entry.mode);
    case 'stopped':
      return say('○ Stopped', `${plain(entry.reason)}. Positions stay as they are.`);
    case 'state':
      return say(`Trading ${entry.state}`, `By ${plain(entry.by, 60)}: ${plain(entry.reason)}`);
    case 'external-fill': {
      const { side, qty, ticker, price } = entry.fill;
      const what = `${side} ${quantity(qty)} ${ticker} at $${priceOf(price)}`;
      return say('▲ Traded by another hand', `${what}. Rotor did not send this order.`);
    }
    case 'activity':
      return say(`Account: ${entry.activity.kind}`, moved(entry.activity));
    case 'adjustment':
      return say('Difference taken over', `${moved(entry)}, by ${plain(entry.by, 60)}.`);
    case 'adopted-order':
      return say(
        'Order taken over',
        `${plain(entry.clientOrderId, 128)}, by ${plain(entry.by, 60)}.`,
      );
    default:
      return undefined;
  }
}

/** `XLK, 0.5 shares, $12.30`. */
function moved(change: Pick<Activity, 'ticker' | 'qty' | 'cash'>): string {
  const shares = change.qty === 0 ? [] : [`${quantity(change.qty)} shares`];
  const parts = [change.ticker, ...shares, ...(change.cash === 0 ? [] : [money(change.cash)])];
  return parts.filter((part) => part !== undefined).join(', ') || 'nothing moved';
}
