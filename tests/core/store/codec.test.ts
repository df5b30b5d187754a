import { describe, expect, it } from 'vitest';
import { decodeEntry, encodeEntry, kindOf, storedKind, storedKinds } from '#core/store/codec.ts';

describe('the name under which a kind is stored', () => {
  it('stays that of the first version', () => {
    expect(storedKind('cancel-requested')).toBe('withdrawn');
    expect(kindOf('withdrawn')).toBe('cancel-requested');
    expect([storedKind('fill'), kindOf('fill')]).toEqual(['fill', 'fill']);
  });

  it('is listed once for each kind, in order', () => {
    const names = storedKinds();
    expect(names).toEqual([...new Set(names)].sort());
    expect(names).toContain('withdrawn');
    expect(names).toContain('fill');
    expect(names).not.toContain('cancel-requested');
  });
});

describe('the body of an entry', () => {
  it('is read as it was written', () => {
    const entry = { kind: 'cancel-requested', clientOrderId: 'a', by: 'ann' } as const;
    expect(decodeEntry(encodeEntry(entry))).toEqual(entry);
  });

  it('may hold nothing beside a map', () => {
    const body = '{"kind":"stopped","reason":null,"within":{"deep":{"~map":[["XLK",1]]}}}';
    expect(decodeEntry(body)).toEqual({
      kind: 'stopped',
      reason: null,
      within: { deep: new Map([['XLK', 1]]) },
    });
  });
});
