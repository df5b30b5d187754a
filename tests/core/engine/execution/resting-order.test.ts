import { expect, it } from 'vitest';
import { peopleTime } from '#tests/support/people-time.ts';
import { started } from '#tests/support/world.ts';

it('an order that rests for a minute is cancelled and sent again at the current price', async () => {
  const desk = await started({ cashUsd: 10_000, target: ['XLU'] });
  desk.broker.behave((_, post) => ({ kind: post === 1 ? 'open' : 'whole' }));
  const time = peopleTime(desk);
  await time.pass(10_000);
  desk.broker.setPrice('XLU', 102);
  await time.pass(45_000);
  expect(desk.broker.cancels).toEqual([]);
  await time.pass(30_000);
  expect(desk.broker.cancels).toHaveLength(1);
  expect(desk.broker.posts.map(({ attempt, limitPrice }) => [attempt, limitPrice])).toEqual([
    [1, '100.5'],
    [2, '102.51'],
  ]);
});
