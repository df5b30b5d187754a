import { describe, expect, it } from 'vitest';
import type { Bar } from '#core/domain/bar.ts';
import { epochMs } from '#core/domain/units.ts';
import type { StoredBars } from '#core/market/files/origin.ts';
import { mergeHistory } from '#core/market/merge/merge-history.ts';
import { bars, history } from '../histories.ts';

const TAPE = bars('2023-12-01', '2024-03-15');
const until = (rows: readonly Bar[], date: string) => rows.filter((each) => each.date <= date);
const from = (rows: readonly Bar[], date: string) => rows.filter((each) => each.date >= date);

function scaledBy(rows: readonly Bar[], by: number): readonly Bar[] {
  return rows.map((each) => {
    const { open, high, low, close } = each;
    return { ...each, open: open * by, high: high * by, low: low * by, close: close * by };
  });
}

/** Another exchange's last trades: up to three tenths of a per cent away, in no direction. */
function asIex(rows: readonly Bar[], scale = 1): readonly Bar[] {
  return rows.map((each, day) => {
    const by = scale * (1 + 0.003 * Math.sin(7 * day));
    const { open, high, low, close } = each;
    return { ...each, open: open * by, high: high * by, low: low * by, close: close * by };
  });
}

function held(rows: readonly Bar[], feed: string, source = 'Alpaca'): StoredBars {
  const origin = { source, feed, adjustment: 'all', fetchedAt: epochMs(0) };
  return { history: history(rows), origin };
}

const merge = (before: StoredBars, whole: readonly Bar[], feed: string) =>
  mergeHistory(before, { whole, feed, source: 'Alpaca' });

describe('the same feed', () => {
  const before = held(until(TAPE, '2024-03-08'), 'sip');

  it('returns every row again without a report', () => {
    const merged = merge(before, TAPE, 'sip');
    expect(merged).toEqual({ kind: 'taken', history: history(TAPE), hasOthers: false });
  });

  it('with its whole past scaled by one ratio is accepted as adjusted', () => {
    expect(merge(before, scaledBy(TAPE, 0.5), 'sip')).toMatchObject({ note: 'adjusted since' });
  });

  it('with a contradiction is rejected and left to a person', () => {
    const odd = TAPE.map((each) => (each.date === '2024-01-16' ? { ...each, close: 7 } : each));
    expect(merge(before, odd, 'sip')).toMatchObject({
      kind: 'refused',
      waits: false,
      reason: expect.stringMatching(/^stored .* of 2024-01-16 is/),
    });
  });

  it('that begins later than before is rejected, unless only a few sessions are missing', () => {
    expect(merge(before, TAPE.slice(6), 'sip').kind).toBe('refused');
    expect(merge(before, TAPE.slice(5), 'sip').kind).toBe('taken');
  });
});

describe('rows missing at the source', () => {
  it('are kept with its own, at its prices', () => {
    const before = held(until(TAPE, '2024-03-08'), 'unknown', 'import');
    const later = scaledBy(from(TAPE, '2024-01-16'), 0.99);
    const merged = merge(before, later, 'sip');
    expect(merged).toMatchObject({ kind: 'taken', hasOthers: true, note: 'adjusted since' });
    const found = merged.kind === 'taken' ? merged.history : history([]);
    expect(found.dates[0]).toBe('2023-12-01');
    expect(found.close[0]).toBeCloseTo((TAPE[0]?.close ?? 0) * 0.99, 9);
  });
});

describe('IEX after the tape', () => {
  const before = held(until(TAPE, '2024-03-08'), 'sip');

  it('adds its new days and changes no stored one, though every close differs a little', () => {
    const merged = merge(before, asIex(TAPE), 'iex');
    expect(merged).toMatchObject({ kind: 'taken', hasOthers: true });
    const found = merged.kind === 'taken' ? merged.history : history([]);
    expect(found.dates.at(-1)).toBe('2024-03-15');
    expect(found.close.slice(0, before.history.close.length)).toEqual(before.history.close);
  });

  it('is accepted, while the tape itself would not be: there a different close is an issue', () => {
    expect(merge(before, asIex(TAPE), 'sip').kind).toBe('refused');
  });

  it.each([
    ['half a per cent, as after a dividend', 0.995, /0\.99\d\d times the stored ones; that waits/],
    ['a half, as after a split', 0.5, /0\.(49|50)\d\d times the stored ones; that waits/],
  ])('waits for the tape when all its closes differ by %s', (_, scale, reason) => {
    expect(merge(before, asIex(TAPE, scale), 'iex')).toMatchObject({
      kind: 'refused',
      waits: true,
      reason: expect.stringMatching(reason),
    });
  });

  it('waits for the tape when one close is two per cent away', () => {
    const odd = asIex(TAPE).map((each) =>
      each.date === '2024-02-20' ? { ...each, close: each.close * 1.02 } : each,
    );
    expect(merge(before, odd, 'iex')).toMatchObject({
      kind: 'refused',
      reason: expect.stringMatching(
        /^IEX: stored .* of 2024-02-20 .*waits for the consolidated tape$/,
      ),
    });
  });
});

describe('the tape after IEX', () => {
  const mixed = [...until(TAPE, '2024-03-01'), ...from(asIex(TAPE), '2024-03-04')];
  const before = held(until(mixed, '2024-03-14'), 'sip, then iex');

  it('replaces every row', () => {
    expect(merge(before, TAPE, 'sip')).toEqual({
      kind: 'taken',
      history: history(TAPE),
      hasOthers: false,
      note: 'in part of IEX',
    });
  });

  it('does not replace a different history', () => {
    const other = TAPE.map((each) => (each.date < '2024-01-31' ? { ...each, close: 7 } : each));
    expect(merge(before, other, 'sip').kind).toBe('refused');
  });

  it('is extended by IEX on the next day as before', () => {
    expect(merge(before, asIex(TAPE), 'iex')).toMatchObject({ kind: 'taken', hasOthers: true });
  });
});

describe('IEX after an external file', () => {
  const before = held(until(TAPE, '2024-03-08'), 'unknown', 'import');

  it('only adds though every close differs a little, and the tape would be rejected', () => {
    expect(merge(before, asIex(TAPE), 'iex')).toMatchObject({ kind: 'taken', hasOthers: true });
    expect(merge(before, asIex(TAPE), 'sip').kind).toBe('refused');
  });

  it('is compared once with all bars that a decision reads', () => {
    const odd = asIex(TAPE).map((each) =>
      each.date === '2023-12-15' ? { ...each, close: each.close * 1.02 } : each,
    );
    expect(merge(before, odd, 'iex').kind).toBe('refused');
    const confirmed = held(until(TAPE, '2024-03-08'), 'unknown, then iex', 'import, then Alpaca');
    expect(merge(confirmed, odd, 'iex').kind).toBe('taken');
  });
});
