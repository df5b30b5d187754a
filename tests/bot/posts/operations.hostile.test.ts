/** The messages that tell how the desk runs, whatever people and brokers write. */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { faultsOf, type Post } from '#bot/post.ts';
import { attemptsIn, auditPost, verdictPost } from '#bot/posts/audit.ts';
import { backlogPost } from '#bot/posts/backlog.ts';
import { configPost } from '#bot/posts/config.ts';
import { dataPost } from '#bot/posts/data.ts';
import { fillsPost } from '#bot/posts/fills.ts';
import { headerKey, headerPost, offlinePost } from '#bot/posts/header.ts';
import { healthPost } from '#bot/posts/health.ts';
import { linePost } from '#bot/posts/line.ts';
import { ordersPost } from '#bot/posts/orders.ts';
import { versionPost } from '#bot/posts/version.ts';
import type { Mode } from '#core/domain/account.ts';
import { parseSubject } from '#core/domain/alert.ts';
import type { Entry, Recorded } from '#core/domain/entry.ts';
import type { Fill, OrderIntent, OrderStatus, Side } from '#core/domain/order.ts';
import { cents, epochMs, qty, sessionDate, ticker } from '#core/domain/units.ts';
import { backlogView } from '#core/views/backlog.ts';
import { changesView } from '#core/views/changes.ts';
import { dataView } from '#core/views/data.ts';
import { fillsView } from '#core/views/fills.ts';
import { headerView } from '#core/views/header.ts';
import { ORDER_FILTERS, ordersView } from '#core/views/orders.ts';
import { statusView } from '#core/views/status.ts';
import { MODELS } from '#models/list.ts';
import { decided } from '#tests/support/deciding.ts';
import {
  account,
  alert,
  book,
  NOW,
  noDecision,
  observation,
  proposal,
} from '#tests/support/desk.ts';
import { fencesOf, hostile, liveWeapon } from '#tests/support/hostile.ts';

const RUNS = { numRuns: 300 };
const mode = fc.constantFrom<Mode>('SANDBOX', 'PAPER', 'LIVE');
const names = fc.constantFrom('XLK', 'XLRE', 'BRK.B', 'ABCDEFGHIJ').map(ticker);
const side = fc.constantFrom<Side>('buy', 'sell');
const shares = fc.integer({ min: 1, max: 90_000_000_000_000 }).map(qty);
const price = fc.double({ min: 0.0001, max: 99_999, noNaN: true });
/** Built once: the words around it are what is tried. */
const DECISION = decided({ id: 'monthly-2026-11' });
const instant = fc.integer({ min: NOW - 1e11, max: NOW }).map(epochMs);
const maybe = <T>(some: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> =>
  fc.option(some, { nil: undefined });
const discord = fc.record({
  connected: fc.boolean(),
  lagMs: maybe(fc.double({ min: 0, max: 1e7, noNaN: true })),
  missing: fc.array(hostile, { maxLength: 20 }),
  owed: fc.nat(1e6),
  problem: maybe(hostile),
});

function expectHarmless(post: Post | undefined, world: Mode): void {
  if (!post) throw new Error('expected a post');
  expect(faultsOf(post)).toEqual([]);
  expect(liveWeapon(post)).toBeUndefined();
  const { closed, widest } = fencesOf(post);
  expect({ closed, narrow: widest <= 32 }).toEqual({ closed: true, narrow: true });
  for (const embed of post.embeds) expect(embed.footer?.text).toContain(world);
}

/** `11–20 of 57` in a title, as how many rows that promises. */
function promised(post: Post): number {
  const title = post.embeds[0]?.title ?? '';
  const [, from, to = from] = /(\d+)(?:–(\d+))? of \d+$/.exec(title) ?? [];
  return from === undefined ? 0 : Number(to) - Number(from) + 1;
}

/** Items of a message without a table: each has its small print. */
function itemsIn(post: Post): number {
  return (post.embeds[0]?.description ?? '').split('\n').filter((line) => line.startsWith('-# '))
    .length;
}

function rowsIn(post: Post): readonly string[] {
  return (post.embeds[0]?.description?.split('```')[1] ?? '').trim().split('\n');
}

/** One order of ours in whatever state an order can be, and the words of whoever had a part in it. */
const managed = fc
  .record({
    name: names,
    side,
    amount: shares,
    filled: fc.double({ min: 0, max: 1, noNaN: true }),
    price,
    paid: price,
    status: fc.constantFrom<OrderStatus | 'refused' | 'planned' | 'sending'>(
      'open',
      'filled',
      'canceled',
      'expired',
      'rejected',
      'replaced',
      'refused',
      'planned',
      'sending',
    ),
    words: hostile,
    taken: fc.boolean(),
    at: instant,
  })
  .map((given) => (number: number): readonly Entry[] => {
    const { name, amount, words, status, at } = given;
    const clientOrderId = `rotor-x-${number}`;
    const intent: OrderIntent = {
      clientOrderId,
      decisionId: 'monthly-2026-11',
      ticker: name,
      side: given.side,
      qty: amount,
      attempt: 1 + (number % 3),
      priceAtDecision: given.price,
      estimated: cents(1),
    };
    const filledQty = qty(Math.floor(amount * given.filled));
    const order = {
      id: `o${number}`,
      clientOrderId,
      ticker: name,
      side: given.side,
      qty: amount,
      filledQty,
      averagePrice: filledQty > 0 ? given.paid : undefined,
      brokerStatus: words,
      submittedAt: at,
      updatedAt: at,
    };
    const fill: Fill = {
      id: `f${number}`,
      orderId: order.id,
      ticker: name,
      side: given.side,
      qty: qty(1_000_000_000),
      price: given.paid,
      at,
    };
    const came: readonly Entry[] =
      status === 'planned'
        ? []
        : status === 'sending'
          ? [{ kind: 'sending', clientOrderId, try: 1 }]
          : status === 'refused'
            ? [{ kind: 'refused', clientOrderId, reason: words }]
            : [
                { kind: 'order', order: { ...order, status } },
                { kind: 'fill', clientOrderId, fill },
              ];
    const taken: readonly Entry[] = given.taken
      ? [{ kind: 'cancel-requested', clientOrderId, by: words }]
      : [];
    return [{ kind: 'intent', intent }, ...came, ...taken];
  });
const managedOrders = fc
  .array(managed, { maxLength: 35 })
  .map((all) => all.flatMap((make, index) => make(index)));

describe('In messages about operations,', () => {
  it('orders show as many rows as they state, on every page', () => {
    fc.assert(
      fc.property(mode, hostile, managedOrders, (world, number, entries) => {
        const folded = book([{ kind: 'decision', decision: DECISION }, ...entries]);
        const seen = observation({ mode: world, account: account(1, { number }) });
        for (const filter of ORDER_FILTERS) {
          const view = ordersView(folded, seen, filter);
          for (let page = 1; page <= Math.max(1, Math.ceil(view.rows.length / 10)); page++) {
            const post = ordersPost(view, page);
            expectHarmless(post, world);
            if (view.rows.length > 0) expect(rowsIn(post)).toHaveLength(1 + 2 * promised(post));
            else expect(promised(post)).toBe(0);
          }
        }
      }),
      RUNS,
    );
  });

  it('fills show as many rows as they state, on every page', () => {
    const external = fc.array(
      fc.record({ id: hostile, ticker: names, side, qty: shares, price, at: instant }),
      { maxLength: 25 },
    );
    fc.assert(
      fc.property(mode, hostile, managedOrders, external, (world, number, entries, others) => {
        const strangers = others.map((fill, index): Entry => {
          return {
            kind: 'external-fill',
            fill: { ...fill, id: `${index} ${fill.id}`, orderId: fill.id },
          };
        });
        const seen = observation({ mode: world, account: account(1, { number }) });
        const view = fillsView(book([...entries, ...strangers]), seen);
        for (let page = 1; page <= Math.max(1, Math.ceil(view.rows.length / 10)); page++) {
          const post = fillsPost(view, page);
          expectHarmless(post, world);
          if (view.rows.length > 0) expect(rowsIn(post)).toHaveLength(1 + 2 * promised(post));
        }
      }),
      RUNS,
    );
  });

  it('the audit shows as many attempts as it states, on every page', () => {
    const attempt = fc.record({
      words: hostile,
      name: hostile,
      options: hostile,
      allowed: fc.boolean(),
    });
    fc.assert(
      fc.property(mode, fc.array(attempt, { maxLength: 30 }), hostile, (world, all, fault) => {
        const trail = all.flatMap(({ words, name, options, allowed }, index): Recorded[] => [
          {
            seq: 2 * index + 2,
            at: NOW,
            entry: { kind: 'outcome', id: `${index}`, result: words },
          },
          {
            seq: 2 * index + 1,
            at: NOW,
            entry: {
              kind: 'command',
              id: `${index}`,
              userId: words,
              userName: words,
              name,
              options,
              allowed,
              result: words,
            },
          },
        ]);
        const attempts = attemptsIn(trail);
        expect(attempts).toHaveLength(all.length);
        for (let page = 1; page <= Math.max(1, Math.ceil(all.length / 8)); page++) {
          const post = auditPost(attempts, 1e9, page, { mode: world, at: NOW, more: false });
          expectHarmless(post, world);
          expect(itemsIn(post)).toBe(promised(post));
        }
        expectHarmless(verdictPost({ entries: 5, fault }, world, NOW), world);
      }),
      RUNS,
    );
  });

  it('the backlog shows as many items as it states, on every page', () => {
    fc.assert(
      fc.property(
        mode,
        hostile,
        managedOrders,
        discord,
        fc.nat(4),
        (world, text, entries, health, way) => {
          const ways: readonly (readonly Entry[])[] = [
            [],
            [{ kind: 'pause', paused: true, by: text, reason: text }],
            [{ kind: 'state', state: 'HALT', by: text, reason: text }],
            ['owed', ...'abcdefghij'].map((subject): Entry => {
              return {
                kind: 'alert',
                alert: alert({ subject: parseSubject(subject), title: text, text }),
              };
            }),
            [{ kind: 'decision', decision: { ...DECISION, id: text } }],
          ];
          const folded = book([
            ...entries,
            { kind: 'proposal', proposal: proposal(DECISION, { id: text, requestedBy: text }) },
            ...(ways[way] ?? []),
          ]);
          const seen = observation({
            mode: world,
            account: account(1, { number: text }),
            nextRebalance: { session: sessionDate('2026-11-02'), owed: true },
            data: { ...observation().data, missing: noDecision(text) },
          });
          const view = backlogView(folded, seen, NOW, health);
          for (let page = 1; page <= Math.max(1, Math.ceil(view.items.length / 8)); page++) {
            const post = backlogPost(view, page);
            expectHarmless(post, world);
            expect(itemsIn(post)).toBe(promised(post));
          }
        },
      ),
      RUNS,
    );
  });

  it('health, status and header name problems and stay harmless', () => {
    fc.assert(
      fc.property(mode, hostile, discord, (world, text, health) => {
        const folded = book([
          { kind: 'state', state: 'HALT', by: text, reason: text },
          { kind: 'pause', paused: true, by: text, reason: text },
          ...Array.from({ length: 30 }, (_, index): Entry => {
            return {
              kind: 'alert',
              alert: alert({ subject: parseSubject(`${index}`), title: text, text }),
            };
          }),
        ]);
        const seen = observation({
          mode: world,
          version: text,
          account: account(1, { number: text, status: text }),
          broker: { ...observation().broker, connected: false, problem: text },
          data: { ...observation().data, source: text, missing: noDecision(text) },
        });
        const extras = { mode: world, at: NOW, missingPermissions: health.missing };
        expectHarmless(healthPost(statusView(folded, seen, health), extras), world);
        const view = headerView(folded, seen, MODELS, health);
        expectHarmless(headerPost(view), world);
        expectHarmless(offlinePost(view, text), world);
        expect(headerPost(view).content?.split('\n')).toHaveLength(1);
        expect(headerKey({ ...view, at: epochMs(view.at + 1) })).toBe(headerKey(view));
      }),
      RUNS,
    );
  });

  it('settings show every name, next to its value or above it', () => {
    const name = fc.stringMatching(/^[A-Z][A-Z_]{2,26}$/);
    const setting = fc.oneof(
      fc.tuple(name, hostile),
      fc.tuple(name, hostile, fc.constant<'default'>('default')),
    );
    const settings = fc.uniqueArray(setting, { maxLength: 50, selector: ([name]) => name });
    fc.assert(
      fc.property(mode, settings, (world, all) => {
        const post = configPost(all, world, NOW);
        expectHarmless(post, world);
        const rows = post.embeds.flatMap(({ description = '' }) => description.split('\n'));
        for (const [name] of all)
          expect(rows.filter((row) => row.split(' ')[0] === name)).toHaveLength(1);
      }),
      RUNS,
    );
  });

  it('bars, the version and lines stay harmless', () => {
    fc.assert(
      fc.property(mode, hostile, fc.boolean(), (world, text, twice) => {
        const missing = {
          ...noDecision(text),
          found: new Map([
            [ticker('XLRE'), text],
            [ticker('ABCDEFGHIJ'), text],
          ]),
        };
        const seen = observation({
          mode: world,
          data: { ...observation().data, source: text, missing },
        });
        expectHarmless(dataPost(dataView(new Map(), seen)), world);
        const build = { code: text, config: text, models: text, notes: [text, text] };
        const started: Entry = { kind: 'started', version: text, mode: world, build };
        const before: Entry = {
          ...started,
          version: `${text}!`,
          build: { ...build, code: '', notes: [] },
        };
        const folded = book(twice ? [before, started] : [started]);
        const extras = { mode: world, at: NOW };
        expectHarmless(versionPost(changesView(folded), extras), world);
        const entries: readonly Entry[] = [
          started,
          { kind: 'stopped', reason: text },
          { kind: 'state', state: 'REDUCE', by: text, reason: text },
          { kind: 'pause', paused: true, by: text, reason: text },
          { kind: 'intentional-trade', fillId: text, ticker: ticker('XLK'), by: text },
        ];
        for (const entry of entries) {
          expectHarmless(linePost({ seq: 1, at: NOW, entry }, world, folded), world);
        }
      }),
      RUNS,
    );
  });
});
