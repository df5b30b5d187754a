/**
 * Hostile text in every place where people or brokers can write, through every message that the desk
 * has: wall, news and the answer of every command. HOSTILE_STRINGS sets how many; `npm run hostile`
 * takes 100,000.
 */

import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Message } from '#bot/discord/channel.ts';
import { faultsOf, type Post } from '#bot/post.ts';
import { parseSubject } from '#core/domain/alert.ts';
import type { Entry } from '#core/domain/entry.ts';
import { cents, dollars, qty, sessionDate, ticker, wholeShares } from '#core/domain/units.ts';
import { UNIVERSE } from '#core/domain/universe.ts';
import { decided } from '#tests/support/deciding.ts';
import {
  account,
  alert,
  baseline,
  carriedOut,
  close,
  NOW,
  noDecision,
  observation,
  position,
  proposal,
} from '#tests/support/desk.ts';
import { fencesOf, hostile, liveWeapon } from '#tests/support/hostile.ts';
import { scenesOf } from '#tests/support/scenes.ts';
import type { State } from '#tests/support/states.ts';

const STRINGS = Number(process.env['HOSTILE_STRINGS'] ?? 1_500);
/** Places for a string in one desk. */
const PLACES = 50;

const CLOSES = [
  close('2026-11-18', 100_100, 600),
  close('2026-11-19', 99_800, 604),
  close('2026-11-20', 101_200, 602),
];

/** Takes the next string for each place. */
function stateOf(texts: readonly string[]): State {
  let next = 0;
  const text = (): string => texts[next++ % texts.length] ?? '';
  const made = decided({ id: 'monthly-2026-11' });
  const [first, ...others] = made.plan.orders;
  if (!first) throw new Error('expected an order');
  const { clientOrderId } = first;
  const plain = decided({ id: 'manual-2026-11-23-1' });
  const told = {
    ...plain,
    plan: { ...plain.plan, lines: plain.plan.lines.map((line) => ({ ...line, why: text() })) },
  };
  const command = (id: string): Entry => ({
    kind: 'command',
    id,
    userId: '1',
    userName: text(),
    name: text(),
    options: text(),
    allowed: id === '1',
    result: text(),
  });
  const alerts = ['info', 'warning', 'error', 'critical'] as const;
  const entries: readonly Entry[] = [
    {
      kind: 'started',
      version: text(),
      mode: 'SANDBOX',
      build: { code: text(), config: text(), models: text() },
    },
    { kind: 'account', id: 'a1', number: text(), mode: 'SANDBOX' },
    baseline(),
    ...carriedOut(decided({ id: 'monthly-2026-10' })),
    ...CLOSES,
    { kind: 'decision', decision: { ...made, plan: { ...made.plan, orders: [first, ...others] } } },
    ...made.plan.orders.map((intent): Entry => ({ kind: 'intent', intent })),
    { kind: 'refused', clientOrderId, reason: text() },
    ...(others[0]
      ? ([
          { kind: 'sending', clientOrderId: others[0].clientOrderId, try: 1 },
          {
            kind: 'order',
            order: {
              id: 'o1',
              clientOrderId: others[0].clientOrderId,
              ticker: others[0].ticker,
              side: others[0].side,
              qty: others[0].qty,
              filledQty: qty(0),
              averagePrice: undefined,
              status: 'rejected',
              brokerStatus: text(),
              submittedAt: NOW,
              updatedAt: NOW,
            },
          },
        ] as const)
      : []),
    { kind: 'cancel-requested', clientOrderId, by: text() },
    {
      kind: 'finished',
      decisionId: made.id,
      result: { kind: 'partial', left: Array.from({ length: 9 }, text) },
    },
    { kind: 'proposal', proposal: proposal(told, { requestedBy: text(), approvers: 2 }) },
    { kind: 'approval', proposalId: 'p1', by: text(), byId: '7' },
    { kind: 'answer', proposalId: 'p1', answer: 'rejected', by: text() },
    { kind: 'no-decision', cause: text(), outcome: noDecision(text()) },
    {
      kind: 'external-fill',
      fill: {
        id: text(),
        orderId: text(),
        ticker: ticker('ZM'),
        side: 'buy',
        qty: wholeShares(3),
        price: 70,
        at: NOW,
      },
    },
    { kind: 'adjustment', ticker: ticker('XLK'), qty: qty(5), cash: cents(-5), by: text() },
    { kind: 'lot-cost', lot: text(), cost: cents(5), by: text() },
    { kind: 'missed-closes', sessions: [sessionDate('2024-07-03')], reason: text() },
    { kind: 'recovered-order', clientOrderId: text(), by: text() },
    {
      kind: 'activity',
      activity: {
        id: text(),
        kind: 'other',
        ticker: undefined,
        qty: qty(0),
        cash: dollars(3),
        at: NOW,
      },
    },
    ...alerts.map((severity): Entry => {
      const subject = text();
      return {
        kind: 'alert',
        alert: alert({
          subject: parseSubject(subject),
          severity,
          title: text(),
          text: text(),
          remedy: text(),
        }),
      };
    }),
    { kind: 'acknowledged', subject: parseSubject('x'), by: text() },
    { kind: 'state', state: 'REDUCE', by: text(), reason: text() },
    { kind: 'pause', paused: true, by: text(), reason: text() },
    command('1'),
    { kind: 'outcome', id: '1', result: text() },
    command('2'),
    { kind: 'stopped', reason: text() },
  ];
  const seen = observation({
    version: text(),
    account: account(112_000, { number: text(), status: text() }),
    positions: [position('XLK', 120, 220), position('ZM', 3, 70)],
    broker: { ...observation().broker, connected: false, problem: text() },
    data: {
      ...observation().data,
      source: text(),
      missing: { ...noDecision(text()), found: new Map([[UNIVERSE.benchmark.ticker, text()]]) },
      asOf: sessionDate('2026-11-20'),
    },
  });
  return { name: 'hostile', entries: entries.map((entry) => ({ at: NOW, entry })), seen };
}

/** As a post again, without the picture. */
function postOf({ content, embeds, components }: Message): Post {
  return { content, embeds, components };
}

const ONE_PIXEL = async () => new Uint8Array([1]);

it(`no message of Rotor becomes active content or breaks, whatever ${STRINGS} strings contain`, async () => {
  let messages = 0;
  let strings = 0;
  const property = fc.asyncProperty(
    fc.array(hostile, { minLength: PLACES, maxLength: PLACES }),
    async (texts) => {
      strings += texts.length;
      const scenes = await scenesOf(stateOf(texts), {
        draw: ONE_PIXEL,
        words: texts[0]?.slice(0, 90) ?? '',
      });
      for (const { name, message } of scenes) {
        messages += 1;
        const post = postOf(message);
        const { closed, widest } = fencesOf(post);
        const found = { faults: faultsOf(post), live: liveWeapon(post), closed, wide: widest > 32 };
        expect({ name, ...found }).toEqual({
          name,
          faults: [],
          live: undefined,
          closed: true,
          wide: false,
        });
        expect(message.file?.alt.length ?? 0).toBeLessThanOrEqual(1024);
      }
    },
  );
  await fc.assert(property, { numRuns: Math.ceil(STRINGS / PLACES), endOnFailure: true });
  console.log(`${strings} strings, ${messages} messages`);
  expect(messages).toBeGreaterThan(strings);
}, 1_800_000);
