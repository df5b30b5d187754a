/** What moved in the account since the books were last closed, as entries. */
import { describe, expect, it } from 'vitest';
import type { Activity } from '#core/domain/activity.ts';
import type { Entry } from '#core/domain/entry.ts';
import type { Fill } from '#core/domain/order.ts';
import { cents, dollars, epochMs, qty, ticker, wholeShares } from '#core/domain/units.ts';
import {
  changedEntries,
  movementEntries,
  movementOf,
  type Scope,
  since,
} from '#core/engine/reconciliation/movements.ts';
import { intent } from '#tests/support/decision.ts';
import { alert, book, close } from '#tests/support/desk.ts';
import { execution, reported } from '#tests/support/orders.ts';
import { START, started, type World, world } from '#tests/support/world.ts';

const BUY = intent('monthly-2024-07', 'buy', 'XLK', 30);
const DAY = 86_400_000;
const XLK = ticker('XLK');

const activity = (changes: Partial<Activity> = {}): Activity => ({
  ...{ id: 'a', kind: 'deposit', ticker: undefined, qty: qty(0), cash: dollars(70), at: START },
  ...changes,
});

const known = () => started({ cashUsd: 10_000, held: { XLF: 100 } });
const entriesOf = (desk: World, scope: Scope = 'all') => movementEntries(desk.parts, scope);
const kinds = (entries: readonly Entry[]) => entries.map(({ kind }) => kind);

/** The broker’s executions; of one order of ours, which it reports as filled to that number. */
function filled(desk: World, shares: number, ...fills: readonly Fill[]): void {
  desk.answers.fills = async () => fills;
  desk.answers.orders = async () => [reported(BUY, shares)];
}

/** Our order, as it was last reported. */
function sent(desk: World, shares: number): void {
  desk.parts.journal.append(
    { kind: 'intent', intent: BUY },
    { kind: 'order', order: reported(BUY, shares) },
  );
}

describe('the time that is looked at', () => {
  it('begins a week before the last close, else before the account was known', () => {
    const empty = book();
    expect(since(empty)).toBe(0);
    const baseline = { ...empty, baseline: { at: epochMs(START) } as never };
    expect(since(baseline)).toBe(START - 7 * DAY);
    const days = ['2024-07-01', '2024-07-02', '2024-07-03'];
    expect(since(book(days.map((day) => close(day, 1, 1))))).toBe(
      Date.parse('2024-06-26T00:00:00Z'),
    );
    expect(since({ ...empty, baseline: { at: epochMs(DAY) } as never })).toBe(0);
    expect(since(baseline, 2 * DAY)).toBe(START - 2 * DAY);
  });

  it('is 90 days for rows that the broker may have corrected', async () => {
    const desk = await known();
    desk.answers.activities = async (from) => [activity({ id: `since ${(START - from) / DAY}` })];
    expect(await changedEntries(desk.parts)).toMatchObject([{ activity: { id: 'since 90' } }]);
  });
});

describe('executions', () => {
  it('are not asked for before the account is known', async () => {
    const desk = world();
    desk.broker.fail(new Error('asked'));
    expect(await entriesOf(desk)).toEqual([]);
  });

  it('of our orders are booked under their id, once', async () => {
    const desk = await known();
    sent(desk, 10);
    const fill = execution(BUY, 'f1', 10);
    filled(desk, 10, fill);
    const found = await entriesOf(desk);
    expect(found).toEqual([{ kind: 'fill', clientOrderId: BUY.clientOrderId, fill }]);
    desk.parts.journal.append(...found);
    expect(await entriesOf(desk)).toEqual([]);
  });

  it('that nobody’s order explains are trades by hand, with an alert', async () => {
    const desk = await known();
    const fill = execution({ ...BUY, clientOrderId: 'by-hand' }, 'f1', 3, { price: 99.5 });
    desk.answers.fills = async () => [fill];
    const found = await entriesOf(desk);
    expect(found).toMatchObject([
      { kind: 'external-fill', fill },
      {
        kind: 'alert',
        alert: {
          subject: { about: 'external-trade', fillId: 'f1' },
          text: "buy 3 XLK at $99.5, without an order of Rotor's.",
        },
      },
    ]);
  });

  it('of an order of ours that the journal lost are not called trades by hand', async () => {
    const desk = await known();
    filled(desk, 30, execution(BUY, 'f1', 30));
    const told = (await entriesOf(desk)).flatMap((entry) =>
      entry.kind === 'alert' ? [entry.alert] : [],
    );
    expect(told).toMatchObject([
      {
        title: 'Trade of a lost order',
        text: expect.stringContaining("by an order of Rotor's that is not in this journal."),
      },
    ]);
  });

  it('beyond what an order was last reported to have filled ask for the orders anew', async () => {
    const desk = await known();
    sent(desk, 10);
    let asked = 0;
    filled(desk, 12, execution(BUY, 'f1', 10), execution(BUY, 'f2', 2));
    const { orders } = desk.answers;
    desk.answers.orders = async (from) => {
      asked += 1;
      return orders?.(from) ?? [];
    };
    expect(kinds(await entriesOf(desk))).toEqual(['order', 'fill', 'fill']);
    expect(asked).toBe(1);
    // Within it the orders that are known explain everything.
    filled(desk, 10, execution(BUY, 'f1', 4), execution(BUY, 'f2', 6));
    desk.answers.orders = async () => {
      throw new Error('asked');
    };
    expect(kinds(await entriesOf(desk))).toEqual(['fill', 'fill']);
  });

  it('of several orders are each given to its own, and to nobody where the order is not ours', async () => {
    const desk = await known();
    const other = intent('monthly-2024-07', 'buy', 'XLE', 5);
    sent(desk, 10);
    desk.parts.journal.append(
      { kind: 'intent', intent: other },
      { kind: 'order', order: reported(other, 5) },
    );
    const fills = [execution(other, 'f1', 5), execution(BUY, 'f2', 10)];
    desk.answers.fills = async () => fills;
    desk.answers.orders = async () => {
      throw new Error('asked');
    };
    expect(await entriesOf(desk)).toMatchObject([
      { kind: 'fill', clientOrderId: other.clientOrderId, fill: { id: 'f1' } },
      { kind: 'fill', clientOrderId: BUY.clientOrderId, fill: { id: 'f2' } },
    ]);
    const byHand = { ...intent('x', 'buy', 'XLV', 3), clientOrderId: 'by-hand' };
    desk.answers.fills = async () => [...fills, execution(byHand, 'f3', 3)];
    desk.answers.orders = async () => [
      ...[reported(BUY, 10), reported(other, 5), reported(byHand, 3)],
    ];
    expect((await entriesOf(desk)).slice(0, 3)).toMatchObject([
      { kind: 'fill', clientOrderId: other.clientOrderId },
      { kind: 'fill', clientOrderId: BUY.clientOrderId },
      { kind: 'external-fill', fill: { id: 'f3' } },
    ]);
  });

  it('count with those that are booked already when the orders are asked for anew', async () => {
    const desk = await known();
    sent(desk, 10);
    const fill = execution(BUY, 'f1', 10);
    desk.parts.journal.append({ kind: 'fill', clientOrderId: BUY.clientOrderId, fill });
    filled(desk, 14, fill, execution(BUY, 'f2', 4, { price: 101 }));
    expect(kinds(await entriesOf(desk))).toEqual(['order', 'fill']);
  });

  it('that were booked as a trade by hand before the order was known are given to it', async () => {
    const desk = await known();
    const fill = execution(BUY, 'f1', 10);
    desk.parts.journal.append({ kind: 'external-fill', fill });
    filled(desk, 10, fill);
    expect(await entriesOf(desk)).toEqual([]);
    const other = intent('monthly-2024-07', 'buy', 'XLE', 5);
    desk.parts.journal.append(
      { kind: 'intent', intent: other },
      { kind: 'order', order: reported(other, 0) },
    );
    sent(desk, 14);
    const { clientOrderId } = BUY;
    desk.parts.journal.append({ kind: 'fill', clientOrderId, fill: execution(BUY, 'f0', 4) });
    expect(await entriesOf(desk)).toEqual([{ kind: 'fill', clientOrderId, fill }]);
  });

  it('that are booked as a trade by hand stay one while no order of ours explains them', async () => {
    const desk = await known();
    sent(desk, 0);
    const fill = execution({ ...BUY, clientOrderId: 'by-hand' }, 'f1', 3);
    desk.parts.journal.append({ kind: 'external-fill', fill });
    desk.answers.fills = async () => [fill];
    expect(await entriesOf(desk)).toEqual([]);
  });

  it('end the alert about a trade by hand once they are given to our order', async () => {
    const desk = await known();
    const fill = execution(BUY, 'f1', 10);
    const subject = { about: 'external-trade', fillId: 'f1' } as const;
    desk.parts.journal.append(
      { kind: 'external-fill', fill },
      { kind: 'alert', alert: alert({ subject }) },
    );
    sent(desk, 10);
    filled(desk, 10, fill);
    expect(await entriesOf(desk)).toMatchObject([{ kind: 'fill' }, { kind: 'resolved', subject }]);
  });

  it('of one order are counted with that order alone', async () => {
    const desk = await known();
    const other = intent('monthly-2024-07', 'buy', 'XLE', 5);
    sent(desk, 0);
    desk.parts.journal.append(
      { kind: 'intent', intent: other },
      { kind: 'order', order: reported(other, 5) },
    );
    desk.answers.fills = async () => [execution(other, 'f1', 5)];
    desk.answers.orders = async () => {
      throw new Error('asked');
    };
    expect(kinds(await entriesOf(desk))).toEqual(['fill']);
    // One that is not counted is enough to ask for the orders.
    desk.answers.fills = async () => [execution(other, 'f1', 5), execution(BUY, 'f2', 2)];
    desk.answers.orders = async () => [reported(BUY, 2), reported(other, 5)];
    expect(kinds(await entriesOf(desk))).toEqual(['order', 'fill', 'fill']);
  });

  it('are judged by what is known where the list lags behind it', async () => {
    const desk = await known();
    sent(desk, 20);
    const fill = execution(BUY, 'f1', 10);
    desk.parts.journal.append({ kind: 'fill', clientOrderId: BUY.clientOrderId, fill });
    const byHand = execution({ ...BUY, clientOrderId: 'by-hand' }, 'f3', 3);
    filled(desk, 10, fill, { ...fill, id: 'f2' }, byHand);
    expect(await entriesOf(desk)).toMatchObject([
      { kind: 'fill', fill: { id: 'f2' } },
      { kind: 'external-fill', fill: { id: 'f3' } },
      { kind: 'alert' },
    ]);
  });

  it('wait while an order of unknown outcome may explain them', async () => {
    const entries = async (
      changes: Partial<Fill>,
      { sentQty = 25, minutes = 9, listed = false } = {},
    ) => {
      const desk = await known();
      const terms = { qty: wholeShares(sentQty), limitPrice: undefined };
      desk.parts.journal.append(
        { kind: 'intent', intent: BUY },
        {
          ...{ kind: 'sending', clientOrderId: BUY.clientOrderId, try: 1 },
          ...(sentQty > 0 && { sent: terms }),
        },
      );
      desk.clock.set(epochMs(START + minutes * 60_000));
      const of = { ...BUY, clientOrderId: 'unlisted' };
      desk.answers.fills = async () => [execution(of, 'f1', 25, changes)];
      desk.answers.orders = async () => (listed ? [reported(of, 25)] : []);
      return kinds(await entriesOf(desk));
    };
    const told = ['external-fill', 'alert'];
    expect(await entries({})).toEqual([]);
    expect(await entries({}, { minutes: 10 })).toEqual(told);
    expect(await entries({}, { listed: true })).toEqual(told);
    expect(await entries({ ticker: ticker('XLE') })).toEqual(told);
    expect(await entries({ side: 'sell' })).toEqual(told);
    expect(await entries({ qty: wholeShares(26) })).toEqual(told);
    expect(await entries({ qty: wholeShares(30) }, { sentQty: 0 })).toEqual([]);
    expect(await entries({ qty: wholeShares(31) }, { sentQty: 0 })).toEqual(told);
  });

  it('that the broker repeats under another id are left out', async () => {
    const desk = await known();
    sent(desk, 10);
    const fill = execution(BUY, 'f1', 10);
    desk.parts.journal.append({ kind: 'fill', clientOrderId: BUY.clientOrderId, fill });
    filled(desk, 10, fill, { ...fill, id: 'again' });
    expect(await entriesOf(desk)).toEqual([]);
  });
});

describe('other movements', () => {
  const withActivity = async (row: Activity, scope: Scope = 'all') => {
    const desk = await known();
    desk.answers.activities = async () => [row];
    return { desk, entries: await entriesOf(desk, scope) };
  };

  it('are asked for only where everything is compared', async () => {
    expect((await withActivity(activity())).entries).toHaveLength(1);
    expect((await withActivity(activity(), 'fills')).entries).toEqual([]);
  });

  it('of shares get the worth of the day where the broker does not say it', async () => {
    const moved = { ticker: XLK, qty: wholeShares(3), cash: cents(0) };
    const worthOf = async (changes: Partial<Activity>) => {
      const { entries } = await withActivity(activity({ ...moved, ...changes }));
      const [first] = entries;
      return first?.kind === 'activity' ? first.activity.worth : 'none';
    };
    expect(await worthOf({ kind: 'transfer' })).toBe(dollars(300));
    expect(await worthOf({ kind: 'other' })).toBe(dollars(300));
    expect(await worthOf({ kind: 'transfer', worth: dollars(7) })).toBe(dollars(7));
    expect(await worthOf({ kind: 'split' })).toBeUndefined();
    expect(await worthOf({ kind: 'transfer', qty: qty(0) })).toBeUndefined();
    expect(await worthOf({ kind: 'transfer', ticker: undefined })).toBeUndefined();
    expect(await worthOf({ kind: 'transfer', ticker: ticker('NOPRICE') })).toBeUndefined();
  });

  it('that state their worth keep it beside one of the same ticker that does not', async () => {
    const desk = await known();
    const moved = { kind: 'transfer', ticker: XLK, qty: wholeShares(3), cash: cents(0) } as const;
    desk.answers.activities = async () => [
      activity({ ...moved, id: 'stated', worth: dollars(7) }),
      activity({ ...moved, id: 'open' }),
    ];
    expect(await entriesOf(desk)).toMatchObject([
      { activity: { id: 'stated', worth: dollars(7) } },
      { activity: { id: 'open', worth: dollars(300) } },
    ]);
  });

  it('ask for no price where none is missing', async () => {
    const desk = await known();
    desk.answers.latestPrices = async () => {
      throw new Error('asked');
    };
    const nameless = activity({ id: 'b', kind: 'transfer', qty: wholeShares(3) });
    desk.answers.activities = async () => [activity(), nameless];
    expect(await entriesOf(desk)).toHaveLength(2);
  });

  it('of an unknown type have an alert that says what moved', async () => {
    const text = async (changes: Partial<Activity>) => {
      const { entries } = await withActivity(activity({ kind: 'other', ...changes }));
      return entries.flatMap((entry) => (entry.kind === 'alert' ? [entry.alert.text] : []));
    };
    const says = (what: string, type = 'no type') => [
      `The broker booked ${what} as ${type}, which Rotor does not know.`,
    ];
    expect(await text({ type: 'XYZ' })).toEqual(says('$70', 'XYZ'));
    expect(await text({ qty: wholeShares(2), ticker: XLK })).toEqual(says('$70 and 2 XLK'));
    expect(await text({ cash: cents(0), qty: wholeShares(2) })).toEqual(says('2 shares'));
    expect(await text({ cash: cents(0) })).toEqual(says('nothing'));
    expect(await text({ kind: 'fee' })).toEqual([]);
  });

  it('that take back one of an unknown type have no alert of their own', async () => {
    const desk = await known();
    const row = activity({ kind: 'other', type: 'XYZ' });
    desk.parts.journal.append({ kind: 'activity', activity: row });
    desk.answers.activities = async () => [
      { ...row, id: 'back', cash: dollars(-70), cancels: row.id },
    ];
    expect(kinds(await entriesOf(desk))).toEqual(['activity']);
  });
});

describe('the movement of an entry', () => {
  it('is what it books, or what its alert is about', () => {
    const fill = execution(BUY, 'f1', 1);
    const about = (subject: object) =>
      movementOf({ kind: 'alert', alert: { subject } as never }) ?? 'none';
    expect(movementOf({ kind: 'fill', clientOrderId: 'c', fill })).toBe('f1');
    expect(movementOf({ kind: 'external-fill', fill })).toBe('f1');
    expect(movementOf({ kind: 'activity', activity: activity() })).toBe('a');
    expect(about({ about: 'external-trade', fillId: 'f2' })).toBe('f2');
    expect(about({ about: 'unknown-activity', activityId: 'a2' })).toBe('a2');
    expect(about({ about: 'broker' })).toBe('none');
    expect(movementOf({ kind: 'intent', intent: BUY })).toBeUndefined();
  });
});
