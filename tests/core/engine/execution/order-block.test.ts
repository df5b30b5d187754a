import { expect, it } from 'vitest';
import { refuse, stateBlock, wait } from '#core/engine/execution/order-block.ts';

it('HALT holds back every order, REDUCE only buys, and RUN none', () => {
  const halted = wait('trading state', 'trading is halted');
  expect(stateBlock({ side: 'buy' }, { state: 'HALT' })).toEqual(halted);
  expect(stateBlock({ side: 'sell' }, { state: 'HALT' })).toEqual(halted);
  expect(stateBlock({ side: 'buy' }, { state: 'REDUCE' })).toEqual(
    wait('trading state', 'buying is stopped'),
  );
  expect(stateBlock({ side: 'sell' }, { state: 'REDUCE' })).toBeUndefined();
  expect(stateBlock({ side: 'buy' }, { state: 'RUN' })).toBeUndefined();
  expect(stateBlock({ side: 'sell' }, { state: 'RUN' })).toBeUndefined();
});

it('each limit by itself makes an order wait, or refuses it for good', () => {
  expect(wait('asset', 'later')).toEqual({ kind: 'wait', limit: 'asset', reason: 'later' });
  expect(refuse('asset', 'never')).toEqual({ kind: 'refuse', limit: 'asset', reason: 'never' });
});
