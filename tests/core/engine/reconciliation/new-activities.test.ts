import { describe, expect, it } from 'vitest';
import type { AccountState } from '#core/domain/account-state.ts';
import type { Activity } from '#core/domain/activity.ts';
import { dollars, epochMs, qty, ticker, toDollars } from '#core/domain/units.ts';
import { newActivities } from '#core/engine/reconciliation/new-activities.ts';

type Books = Pick<AccountState, 'booked' | 'cashFlows'>;
const NOW = epochMs(1_000);

function row(id: string, usd: number, more: Partial<Activity> = {}): Activity {
  const plain = { kind: 'deposit', type: 'CSD', ticker: undefined, qty: qty(0) } as const;
  return { ...plain, id, cash: dollars(usd), at: NOW, ...more };
}

/** What the answers of the broker, one after the other, leave in the books. */
function bookedAfter(...answers: readonly (readonly Activity[])[]): number {
  let books: Books = { booked: new Set(['known']), cashFlows: [] };
  for (const answer of answers) {
    const news = newActivities(books, answer, NOW);
    books = {
      booked: new Set([...books.booked, ...news.map(({ id }) => id)]),
      cashFlows: [...books.cashFlows, ...news.map((activity) => ({ activity, at: NOW, seq: 1 }))],
    } as unknown as Books;
  }
  return books.cashFlows.reduce((sum, { activity }) => sum + toDollars(activity.cash), 0);
}

describe('rows that change earlier ones', () => {
  const a = row('a', 5_000);

  it.each([
    [
      'a cancellation told twice in one answer',
      [row('a canceled', -5_000, { cancels: 'a' }), row('y', -5_000, { cancels: 'a' })],
      0,
    ],
    [
      'two corrections of one row in one answer',
      [row('b', 4_000, { corrects: 'a' }), row('c', 4_000, { corrects: 'a' })],
      4_000,
    ],
    [
      'a correction and a cancellation of one row',
      [row('b', 900, { corrects: 'a' }), row('y', -5_000, { cancels: 'a' })],
      900,
    ],
    [
      'a correction of a correction',
      [row('b', 900, { corrects: 'a' }), row('c', 800, { corrects: 'b' })],
      800,
    ],
  ] as const)('count %s once', (_, changes, left) => {
    expect(bookedAfter([a], changes)).toBe(left);
    expect(bookedAfter([a], changes, changes)).toBe(left);
  });

  it('replace the latest version, if a second correction follows in a later answer', () => {
    const [b, c] = [row('b', 4_000, { corrects: 'a' }), row('c', 900, { corrects: 'a' })];
    expect(bookedAfter([a], [b], [c])).toBe(900);
    expect(bookedAfter([a], [b], [b, c], [b, c])).toBe(900);
  });

  it('stand alone if the earlier one was already reversed', () => {
    const back = row('a canceled', -5_000, { cancels: 'a' });
    expect(bookedAfter([a], [back], [row('b', 900, { corrects: 'a' })])).toBe(900);
  });

  it('book no full amount in place of one in the starting balance', () => {
    expect(bookedAfter([row('b', 900, { corrects: 'known' })])).toBe(0);
  });
});

describe('a row changed in place', () => {
  it.each([
    ['its ticker', { ticker: ticker('XLF') }],
    ['its type', { type: 'DIVROC' }],
    ['its worth', { worth: dollars(100) }],
  ])('is booked again for %s, with the earlier one reversed', (_, change) => {
    const first = row('d', 40, {
      kind: 'dividend',
      type: 'DIV',
      ticker: ticker('XLK'),
      worth: dollars(5),
    });
    const books = { booked: new Set(['d']), cashFlows: [{ activity: first }] } as unknown as Books;
    expect(newActivities(books, [first], NOW)).toEqual([]);
    const news = newActivities(books, [{ ...first, ...change }], NOW);
    expect(news.map(({ cash }) => toDollars(cash))).toEqual([-40, 40]);
    expect(news[1]).toMatchObject(change);
  });

  it('is unchanged if it gives no value for one that was looked up', () => {
    const shares = row('t', 0, { kind: 'transfer', type: 'JNLS', ticker: ticker('XLK') });
    const looked = { ...shares, worth: dollars(500) };
    const books = { booked: new Set(['t']), cashFlows: [{ activity: looked }] } as unknown as Books;
    expect(newActivities(books, [shares], NOW)).toEqual([]);
  });
});

describe('the rows that are booked', () => {
  const asked = (
    booked: readonly string[],
    flows: readonly Activity[],
    ...rows: readonly Activity[]
  ) => {
    const books = { booked: new Set(booked), cashFlows: flows.map((activity) => ({ activity })) };
    return newActivities(books as unknown as Books, rows, NOW);
  };
  const a = row('a', 5_000);
  const plain = ({ id, cash, cancels }: Activity) => [id, toDollars(cash), cancels];

  it('are new ones as they are, without what they say about others', () => {
    expect(asked([], [], a)).toEqual([a]);
    const corrected = row('b', 900, { corrects: 'a' });
    expect(asked([], [], corrected)).toEqual([row('b', 900)]);
    expect(asked(['a'], [a], a)).toEqual([]);
  });

  it('leave out one that was cancelled before it was booked, and its cancellation', () => {
    const back = row('y', -5_000, { cancels: 'a' });
    expect(asked([], [], a, back)).toEqual([]);
    expect(asked([], [], a, row('b', 900, { corrects: 'a' })).map(plain)).toEqual([
      ['b', 900, undefined],
    ]);
  });

  it('reverse the amount that was booked, under the id of the row that cancels it', () => {
    const back = row('y', -4_000, { cancels: 'a' });
    expect(asked(['a'], [a], back).map(plain)).toEqual([['y', -5_000, 'a']]);
    expect(asked(['a', 'y'], [a, { ...back, cash: a.cash }], back)).toEqual([]);
  });

  it('reverse one from before the start by what the cancelling row says', () => {
    // A row that cancels has the amount of the one it cancels.
    const back = row('y', 4_000, { cancels: 'known' });
    expect(asked(['known'], [], back).map(plain)).toEqual([['y', -4_000, 'known']]);
  });

  it('replace a corrected one by its reversal and the row itself', () => {
    const correction = row('b', 900, { corrects: 'a' });
    expect(asked(['a'], [a], correction).map(plain)).toEqual([
      ['b instead', -5_000, 'a'],
      ['b', 900, undefined],
    ]);
  });

  it('change again what was changed in place before, under a new number', () => {
    const second = { ...a, id: 'a corrected 1', cash: dollars(4_000) };
    const books = [a, { ...a, id: 'a corrected 1 instead', cancels: 'a' }, second];
    const third = row('a', 3_000);
    const news = asked(['a', 'a corrected 1 instead', 'a corrected 1'], books, third).map(plain);
    expect(news).toEqual([
      ['a corrected 2 instead', -4_000, 'a corrected 1'],
      ['a corrected 2', 3_000, undefined],
    ]);
    expect(asked(['a', 'a corrected 1 instead', 'a corrected 1'], books, row('a', 4_000))).toEqual(
      [],
    );
  });

  it('leave alone a row that differs in nothing that was known of it', () => {
    const old = { ...a, type: undefined };
    expect(asked(['a'], [old], row('a', 5_000, { qty: qty(3) }))).toEqual([]);
    expect(asked(['a'], [old], row('a', 4_000))).toHaveLength(2);
    const worthless = { ...a, worth: undefined };
    expect(asked(['a'], [worthless], row('a', 5_000, { worth: dollars(7) }))).toEqual([]);
    expect(asked(['a'], [], row('a', 4_000))).toEqual([]);
  });

  it('do not change a cancellation that is booked, whatever its row says now', () => {
    const back = row('y', -4_000, { cancels: 'a' });
    expect(asked(['a', 'y'], [a, { ...back, cash: dollars(-5_000) }], back)).toEqual([]);
  });
});
