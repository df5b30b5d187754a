import { expect, it } from 'vitest';
import { epochMs } from '#core/domain/units.ts';
import { createReads, createTravel, type ReadParts } from './years/reads.ts';

it('a simulated broker that fails every third request fails each of those asked at once by itself', async () => {
  const travel = createTravel({
    seed: 1,
    time: { now: () => 0, sleep: async () => undefined },
    faults: {
      on: (kind: string) => (kind === 'broker-flaky' ? {} : undefined),
      met: () => undefined,
    },
  } as unknown as ReadParts);
  const asked = await Promise.allSettled(Array.from({ length: 300 }, () => travel('account')));
  const failed = asked.filter(({ status }) => status === 'rejected').length;
  expect(failed).toBeGreaterThan(70);
  expect(failed).toBeLessThan(130);
});

it('a simulated broker gives its older list also to a process that has just started', async () => {
  let orders: readonly object[] = [];
  let isStale = false;
  const parts = {
    exchange: { fake: { orders: async () => orders }, outlived: new Map() },
    faults: {
      on: (kind: string) => (kind === 'stale-orders' && isStale ? {} : undefined),
      met: () => undefined,
    },
    before: new Map(),
  } as unknown as ReadParts;
  const ask = () => createReads(parts, async () => undefined).orders(epochMs(0));
  await ask();
  orders = [{ submittedAt: 1, status: 'open' }];
  isStale = true;
  expect(await ask()).toEqual([]);
  isStale = false;
  expect(await ask()).toEqual(orders);
});

it('a simulated broker that shows an order as it was does not find one that it did not find before', async () => {
  let found: object | undefined;
  let isStale = false;
  const parts = {
    exchange: { fake: { orderByClientId: async () => found }, outlived: new Map() },
    faults: {
      on: (kind: string) => (kind === 'stale-order' && isStale ? {} : undefined),
      met: () => undefined,
    },
    before: new Map(),
  } as unknown as ReadParts;
  const ask = () => createReads(parts, async () => undefined).orderByClientId('one');
  expect(await ask()).toBeUndefined();
  found = { status: 'open' };
  isStale = true;
  expect(await ask()).toBeUndefined();
  isStale = false;
  expect(await ask()).toEqual(found);
});
