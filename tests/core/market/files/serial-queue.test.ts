import { expect, it } from 'vitest';
import { createSerialQueue } from '#core/market/files/serial-queue.ts';

it('begins each task when the one before has ended, however that ended', async () => {
  const inTurn = createSerialQueue();
  const said: string[] = [];
  const first = Promise.withResolvers<string>();
  const tasks = [
    inTurn(() => {
      said.push('first begins');
      return first.promise;
    }),
    inTurn(async () => {
      said.push('second begins');
      throw new Error('second fails');
    }),
    inTurn(async () => {
      said.push('third begins');
      return 3;
    }),
  ];
  await Promise.resolve();
  expect(said).toEqual(['first begins']);
  first.resolve('done');
  const ended = await Promise.allSettled(tasks);
  expect(ended).toEqual([
    { status: 'fulfilled', value: 'done' },
    { status: 'rejected', reason: new Error('second fails') },
    { status: 'fulfilled', value: 3 },
  ]);
  expect(said).toEqual(['first begins', 'second begins', 'third begins']);
});
