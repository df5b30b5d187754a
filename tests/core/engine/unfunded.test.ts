import { describe, expect, it } from 'vitest';
import { headerPost } from '#bot/posts/header.ts';
import { dollars, ticker } from '#core/domain/units.ts';
import { headerView } from '#core/views/header.ts';
import { type World, world } from '#tests/support/world.ts';

const headerOf = (desk: World) =>
  headerPost(headerView(desk.book(), desk.engine.observation(), desk.parts.models));

/** The account as it is before the first deposit. */
function empty(desk: World): void {
  desk.answers.account = async () => {
    const account = await desk.broker.account();
    return { ...account, cash: dollars(0), equity: dollars(0), buyingPower: dollars(0) };
  };
}

describe('an account without money', () => {
  it('says so, decides nothing and starts no performance', async () => {
    const desk = world({ cashUsd: 10_000 });
    empty(desk);
    await desk.engine.start();
    await desk.minutes(10);
    expect(desk.book().baseline).toBeUndefined();
    expect([desk.posted(), desk.alerts()]).toEqual([[], []]);
    const post = headerOf(desk);
    expect(post.embeds[0]?.description).toContain('No money yet');
    expect(JSON.stringify(post.embeds[0]?.fields)).toContain('no money yet');
  });

  it('starts performance and trading with the first deposit', async () => {
    const desk = world({ cashUsd: 10_000 });
    empty(desk);
    await desk.engine.start();
    await desk.minutes(10);
    desk.answers.account = undefined;
    await desk.minutes(10);
    expect(desk.book().baseline?.equity).toBe(dollars(10_000));
    expect(desk.posted().length).toBeGreaterThan(0);
    expect(JSON.stringify(headerOf(desk))).not.toMatch(/no money/i);
    expect(desk.book().cashFlows).toEqual([]);
    expect(desk.book().ledger.lots.has(ticker('XLK'))).toBe(true);
  });
});
