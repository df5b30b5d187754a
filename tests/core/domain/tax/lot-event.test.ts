import { describe, expect, it } from 'vitest';
import { movedShares, statedCost } from '#core/domain/tax/lot-event.ts';
import { cents, epochMs, qty, ticker } from '#core/domain/units.ts';

describe('A movement without an order', () => {
  const when = { at: epochMs(1_000), recordedAt: epochMs(2_000) };
  const of = (kind: Parameters<typeof movedShares>[0]['kind'], shares: number, cash: number) =>
    movedShares({ kind, ticker: ticker('XLK'), qty: qty(shares), cash: cents(cash) }, 7, when);
  const shares = { lot: 'XLK-7', ticker: 'XLK', ...when };

  it('changes no lot without a ticker', () => {
    const other = { kind: 'moved', ticker: undefined, qty: qty(5), cash: cents(5) } as const;
    expect(movedShares(other, 7, when)).toBeUndefined();
  });

  it('changes lots where it moves shares, and its cash is no part of it', () => {
    expect(of('moved', 5, 100)).toEqual({ kind: 'moved', qty: 5, ...shares });
    expect(of('moved', 1, 0)).toEqual({ kind: 'moved', qty: 1, ...shares });
    expect(of('moved', 0, 100)).toBeUndefined();
    expect(of('worthless', -5, 0)).toEqual({ kind: 'worthless', qty: -5, ...shares });
  });

  it('of a corporate action changes lots where it moves shares or cash', () => {
    expect(of('action', 5, 0)).toEqual({ kind: 'action', qty: 5, cash: 0, ...shares });
    expect(of('action', 0, 5)).toEqual({ kind: 'action', qty: 0, cash: 5, ...shares });
    expect(of('action', 0, 0)).toBeUndefined();
  });

  it('of returned capital changes lots where it pays cash', () => {
    expect(of('return-of-capital', 0, 1)).toEqual({
      ...{ kind: 'return-of-capital', qty: 0, cash: 1 },
      ...shares,
    });
    expect(of('return-of-capital', 5, 0)).toBeUndefined();
  });
});

it('A stated cost of 0 says that the broker does not know it, one of a cent is known', () => {
  expect(statedCost({ cost: cents(0) })).toBeUndefined();
  expect(statedCost({ cost: cents(1) })).toBe(1);
});
