import { expect, it } from 'vitest';
import { assertAccount, RECONCILIATION } from '#core/engine/reconciliation/known-account.ts';
import { ACCOUNT_ENTRY, account, book } from '#tests/support/desk.ts';

it('a journal belongs to one account, and none was met before its first entry', () => {
  const known = book([ACCOUNT_ENTRY]);
  expect(() => assertAccount(known, account(1, { id: 'a1', number: 'other' }))).not.toThrow();
  expect(() => assertAccount(book(), account(1, { id: 'b2' }))).not.toThrow();
  expect(() => assertAccount(known, account(1, { id: 'b2', number: 'PA2' }))).toThrow(
    /this journal belongs to PA3XXXXXXXXX, the keys open PA2/,
  );
  expect(RECONCILIATION).toEqual({ about: 'reconciliation' });
});
