import { describe, expect, it } from 'vitest';
import type { Entry } from '#core/domain/entry.ts';
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

  it('has the stored name, and subjects as text', () => {
    expect(encodeEntry({ kind: 'cancel-requested', clientOrderId: 'a', by: 'ann' })).toContain(
      '"kind":"withdrawn"',
    );
    const subject = { about: 'owed-rebalance', decisionId: 'monthly-2024-08' } as const;
    const alert = { subject, severity: 'warning', title: 't', text: 'x', remedy: 'r' } as const;
    const entries: readonly Entry[] = [
      { kind: 'alert', alert },
      { kind: 'resolved', subject, text: 'over' },
      { kind: 'acknowledged', subject, by: 'ann' },
    ];
    for (const entry of entries) {
      expect(encodeEntry(entry)).toContain('"subject":"owed monthly-2024-08"');
      expect(decodeEntry(encodeEntry(entry))).toEqual(entry);
    }
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
