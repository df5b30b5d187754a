import { expect, it } from 'vitest';
import { createTravel, type ReadParts } from './years/reads.ts';

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
