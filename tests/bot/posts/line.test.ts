import { describe, expect, it } from 'vitest';
import { faultsOf } from '#bot/post.ts';
import { linePost } from '#bot/posts/line.ts';
import type { Entry } from '#core/domain/entry.ts';
import type { Order } from '#core/domain/order.ts';
import { dollars, qty, wholeShares } from '#core/domain/units.ts';
import { decision, intent } from '#tests/support/decision.ts';
import { book, NOW } from '#tests/support/desk.ts';

function shown(entry: Entry): readonly [string | undefined, string | undefined] {
  const post = linePost({ seq: 1, at: NOW, entry }, 'PAPER');
  if (!post) throw new Error(`expected a line for ${entry.kind}`);
  expect(faultsOf(post)).toEqual([]);
  return [post.embeds[0]?.title, post.embeds[0]?.description];
}

const SENT = intent('initial-2026-11-10', 'buy', 'XLK', 12);

const state = (to: 'RUN' | 'REDUCE' | 'HALT') =>
  shown({ kind: 'state', state: to, by: 'ines', reason: 'the news' });

describe('a line about Rotor’s state', () => {
  it.each([
    ['HALT', '■ Trading HALT', 'No orders will be sent until /resume (approver) is used.'],
    ['REDUCE', '▲ Trading REDUCE', 'Nothing is bought until /resume (approver) is used'],
    ['RUN', '● Trading RUN', 'runs at the next trading window, or waits for an approver.'],
  ] as const)('shows the severity of %s, its reason, and the way out', (to, title, remedy) => {
    const [head, body] = state(to);
    expect(head).toBe(title);
    expect(body).toContain('By ines: the news');
    expect(body).toContain(remedy);
  });

  it('says how an accepted difference counts, if its value is known', () => {
    const [qty, cash] = [wholeShares(0), dollars(5_000)];
    const taken = { kind: 'adjustment', ticker: undefined, qty, cash, by: 'ines' } as const;
    expect(shown({ ...taken, worth: cash })).toEqual([
      'Difference accepted',
      '$5,000.00, by ines. It counts as a deposit or a withdrawal, not as a gain or a loss.',
    ]);
    expect(shown(taken)[1]).toBe('$5,000.00, by ines.');
  });

  it('has no message for the end of a pause: the one of RUN says it', () => {
    const ended: Entry = { kind: 'pause', paused: false, by: 'ines', reason: 'back' };
    expect(linePost({ seq: 1, at: NOW, entry: ended }, 'PAPER')).toBeUndefined();
  });

  it('shows a pause and a stop with the same facts', () => {
    const [head, body] = shown({ kind: 'pause', paused: true, by: 'ines', reason: 'lunch' });
    expect([head, body]).toEqual([
      '▲ Paused',
      expect.stringContaining('until /resume (approver) is used'),
    ]);
    const [off, why] = shown({ kind: 'stopped', reason: 'SIGTERM' });
    expect(off).toBe('○ Stopped');
    expect(why).toContain('nothing trades until Rotor is started again');
  });

  const STOPPED: Entry = { kind: 'stopped', reason: 'x' };
  const HALTED: Entry = { kind: 'state', state: 'HALT', by: 'rotor', reason: 'x' };
  const OTHER = intent('initial-2026-11-10', 'buy', 'XLE', 5);
  const CONFIRMED: Order = {
    ...{ id: 'o', clientOrderId: OTHER.clientOrderId, ticker: OTHER.ticker, side: 'buy' },
    ...{ qty: OTHER.qty, filledQty: qty(0), averagePrice: undefined, limitPrice: 90 },
    ...{ status: 'open', brokerStatus: 'new', submittedAt: NOW, updatedAt: NOW },
  };

  it.each<readonly [Entry, RegExp]>([
    [
      STOPPED,
      /^x\. Open at the broker and may still fill: buy 5 XLE\. Sent, not confirmed yet, and may fill: buy 12 XLK\. No other order is sent/,
    ],
    [
      HALTED,
      /until \/resume \(approver\) is used\. Open at the broker and may still fill: buy 5 XLE\. Sent, not confirmed yet, and may fill: buy 12 XLK\.$/,
    ],
  ])('names what is at the broker, and what may be there: %#', (entry, words) => {
    const entries = book([
      { kind: 'decision', decision: decision() },
      { kind: 'intent', intent: SENT },
      { kind: 'intent', intent: OTHER },
      { kind: 'sending', clientOrderId: SENT.clientOrderId, try: 1 },
      { kind: 'sending', clientOrderId: OTHER.clientOrderId, try: 1 },
      { kind: 'order', order: CONFIRMED },
    ]);
    const post = linePost({ seq: 9, at: NOW, entry }, 'PAPER', entries);
    expect(post?.embeds[0]?.description).toMatch(words);
  });
});
