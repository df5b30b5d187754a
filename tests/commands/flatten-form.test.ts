/** /flatten before the word is typed, and its answer from the first order to the last. */
import { describe, expect, it } from 'vitest';
import { flattenForm, flattenPost } from '#bot/posts/flatten.ts';
import type { Position } from '#core/domain/account.ts';
import { epochMs, ticker } from '#core/domain/units.ts';
import { flattenView } from '#core/views/flatten.ts';
import { intent } from '#tests/support/decision.ts';
import { at, running, type World } from '#tests/support/world.ts';

/** A desk that holds 33 XLF, 33 XLV and 33 XLK in the middle of a month. */
async function holding(): Promise<World> {
  const desk = await running({ cashUsd: 10_000, target: ['XLF', 'XLV', 'XLK'] });
  desk.goTo('2024-07-15', '10:00');
  await desk.engine.look();
  return desk;
}

const formOf = async ({ engine }: World) =>
  flattenForm(engine.observation(), await engine.unsellable()).split('\n');

/** The lines of the answer as it reads now. */
function answerOf({ book, engine }: World): readonly string[] {
  const id = [...book().rebalances.keys()].at(-1) ?? '';
  const view = flattenView(book(), engine.observation(), id);
  const [embed] = view ? flattenPost(view).embeds : [];
  return [embed?.title ?? '', ...(embed?.description ?? '').split('\n')];
}

const lineOf = (desk: World, of: string) =>
  answerOf(desk).find((line) => line.slice(2).startsWith(of)) ?? '';

describe('the form of /flatten', () => {
  it('shows each ticker with its shares, price, price age and estimated dollars', async () => {
    const desk = await holding();
    desk.answers.latestPrices = async (tickers) => {
      const found = await desk.broker.latestPrices(tickers);
      return new Map(
        [...found].map(([of, each]) => [of, { ...each, at: epochMs(each.at - 12_000) }]),
      );
    };
    desk.goTo('2024-07-15', '10:05');
    await desk.engine.look();
    const form = await formOf(desk);
    expect(form).toContain('XLK 33 at $100.00 (12 s old), about $3,300.00');
    expect(form).toContain('About $9,900.00 in all.');
    expect(form.join()).not.toContain('Not sold now');
  });

  it('says what is sold at market because it has no fresh price', async () => {
    const desk = await holding();
    desk.answers.latestPrices = async (tickers) => {
      const found = new Map(await desk.broker.latestPrices(tickers));
      found.delete(ticker('XLF'));
      const old = { ticker: ticker('XLV'), price: 100, at: at('2024-07-15', '09:31') };
      return found.set(ticker('XLV'), old);
    };
    desk.goTo('2024-07-15', '10:05');
    await desk.engine.look();
    const form = await formOf(desk);
    expect(form).toContain('XLF 33 without a price: at market, about $3,300.00');
    expect(form).toContain('XLV 33 at $100.00 (34 min old: at market), about $3,300.00');
  });

  it('says what cannot be sold: halted, reserved and foreign shares', async () => {
    const desk = await holding();
    desk.broker.openByHand({ ...intent('h', 'sell', 'XLF', 20), clientOrderId: 'hand-1' });
    desk.broker.give('QQQ', 5);
    desk.answers.assets = async (tickers) =>
      (await desk.broker.assets(tickers)).map((asset) => ({
        ...asset,
        tradable: asset.ticker !== 'XLV',
      }));
    desk.goTo('2024-07-15', '10:05');
    await desk.engine.look();
    const form = await formOf(desk);
    expect(form).toContain(
      'Not sold now: 20 XLF are reserved by another open order; XLV cannot be traded at the broker now.',
    );
    expect(form).toContain('Not Rotor’s to sell: QQQ.');
  });
});

describe('the answer of /flatten', () => {
  it('says sold only of what filled, and why the rest waits, until all is final', async () => {
    const desk = await holding();
    let isHalted = true;
    desk.answers.assets = async (tickers) =>
      (await desk.broker.assets(tickers)).map((asset) => ({
        ...asset,
        tradable: !isHalted || (asset.ticker !== 'XLV' && asset.ticker !== 'XLF'),
      }));
    await desk.engine.flatten('ann', 'fire');
    expect(lineOf(desk, 'XLK')).toBe('· XLK 33, leaves next (about $100.00)');
    await desk.minutes(2);
    expect(lineOf(desk, 'XLK')).toBe('✓ XLK 33 sold at $100.00, $3,300.00');
    for (const of of ['XLV', 'XLF']) {
      expect(lineOf(desk, of)).toContain(`· ${of} 33, waits: asset: `);
      expect(lineOf(desk, of)).toContain(`${of} cannot be traded at the broker`);
    }
    isHalted = false;
    await desk.minutes(6);
    expect(answerOf(desk)[0]).toBe('✓ Everything is sold');
    expect(lineOf(desk, 'XLV')).toContain('✓ XLV 33 sold');
  });

  it('gives the filled part of an open order', async () => {
    const desk = await holding();
    desk.broker.behave(() => ({ kind: 'open' }));
    await desk.engine.flatten('ann', 'fire');
    let seen = '';
    desk.answers.cancel = async (orderId) => {
      const [first] = desk.broker.accepted.filter(({ id }) => id === orderId);
      if (seen === '' && first) {
        desk.broker.progress(first.clientOrderId, { fill: 13 });
        await desk.engine.look();
        seen = first.ticker;
      }
      await desk.broker.cancel(orderId);
    };
    await desk.minutes(2);
    expect(lineOf(desk, seen)).toMatch(/13 of 33 sold/);
    expect(answerOf(desk).join()).not.toMatch(/✓/);
  });

  it('says before the window when it sells, and can be cancelled until then', async () => {
    const desk = await holding();
    desk.goTo('2024-07-15', '20:00');
    await desk.engine.look();
    await desk.engine.flatten('ann', 'fire');
    const id = [...desk.book().rebalances.keys()].at(-1) ?? '';
    const view = flattenView(desk.book(), desk.engine.observation(), id);
    expect(view).toMatchObject({ mayTakeBack: true, startsAt: at('2024-07-16', '09:35') });
    expect(view?.asked).toMatchObject({ by: 'ann', reason: 'fire' });
    const seen = desk.engine.observation();
    const late = {
      ...seen,
      positions: [{ ...(seen.positions[0] as Position), ticker: ticker('XLE') }],
    };
    expect(flattenView(desk.book(), late, view?.id ?? '')?.others).toEqual([]);
    expect(lineOf(desk, 'XLK')).toContain('waits: orders leave in the next trading window');
  });
});
