import { describe, expect, it } from 'vitest';
import type { Bar } from '#core/domain/bar.ts';
import { epochMs } from '#core/domain/units.ts';
import type { Held } from '#core/market/bar-cache.ts';
import { feedStep } from '#core/market/merge/feed-priority.ts';
import { admit, admitWhole } from '#core/market/merge/merge-bars.ts';
import { bars, history } from '../histories.ts';

const TAPE = bars('2023-12-01', '2024-03-15');
const until = (rows: readonly Bar[], date: string) => rows.filter((each) => each.date <= date);
const from = (rows: readonly Bar[], date: string) => rows.filter((each) => each.date >= date);

/** Another exchange's last trades: up to three tenths of a per cent away, in no direction. */
function asIex(rows: readonly Bar[], scale = 1): readonly Bar[] {
  return rows.map((each, day) => {
    const by = scale * (1 + 0.003 * Math.sin(7 * day));
    const { open, high, low, close } = each;
    return { ...each, open: open * by, high: high * by, low: low * by, close: close * by };
  });
}

function held(rows: readonly Bar[], feed: string): Held {
  const origin = { source: 'Alpaca', feed, adjustment: 'all', fetchedAt: epochMs(0) };
  return { history: history(rows), origin, sha256: undefined };
}

describe('two feeds', () => {
  it.each([
    ['sip', 'sip', 'same'],
    ['iex', 'iex', 'same'],
    ['unknown', 'sip', 'same'],
    ['unknown', 'iex', 'same'],
    ['iex', 'sip', 'better'],
    ['sip, then iex', 'sip', 'better'],
    ['sip', 'iex', 'worse'],
    ['sip, then iex', 'iex', 'worse'],
  ])('stored %s and then %s is %s', (stored, fresh, step) => {
    expect(feedStep(stored, fresh)).toBe(step);
  });
});

describe('IEX after the tape', () => {
  const before = held(until(TAPE, '2024-03-08'), 'sip');

  it('adds its new days and changes no stored one, though every close differs a little', () => {
    const admitted = admit(before, from(asIex(TAPE), '2024-02-12'), 'iex');
    expect(admitted.kind).toBe('joined');
    const joined = 'history' in admitted ? admitted.history : history([]);
    expect(joined.dates.at(-1)).toBe('2024-03-15');
    expect(joined.close.slice(0, before.history.close.length)).toEqual(before.history.close);
  });

  it('from the tape itself would not be joined: there a close that differs is a doubt', () => {
    expect(admit(before, from(asIex(TAPE), '2024-02-12'), 'sip').kind).toBe('ask-whole');
  });

  it.each([
    ['half a per cent, as after a dividend', 0.995, /0\.99\d\d times the stored ones; that waits/],
    ['a half, as after a split', 0.5, /0\.(49|50)\d\d times the stored ones; that waits/],
  ])('is not joined when all its closes differ by %s', (_, scale, reason) => {
    const admitted = admit(before, from(asIex(TAPE, scale), '2024-02-12'), 'iex');
    expect(admitted).toMatchObject({ kind: 'refused', reason: expect.stringMatching(reason) });
  });

  it('is not joined when one close is two per cent away', () => {
    const odd = from(asIex(TAPE), '2024-02-12').map((each) =>
      each.date === '2024-02-20' ? { ...each, close: each.close * 1.02 } : each,
    );
    expect(admit(before, odd, 'iex')).toMatchObject({
      kind: 'refused',
      reason: expect.stringMatching(
        /^stored close of 2024-02-20 .*waits for the consolidated tape$/,
      ),
    });
  });
});

describe('the tape after IEX', () => {
  const mixed = [...until(TAPE, '2024-03-01'), ...from(asIex(TAPE), '2024-03-04')];
  const before = held(until(mixed, '2024-03-14'), 'sip, then iex');
  const overlap = { kind: 'same' } as const;
  const given = { overlap, feed: 'sip', source: 'Alpaca' };

  it('asks for its whole history even where the overlap agrees, and takes it', () => {
    expect(admit(before, from(TAPE, '2024-02-20'), 'sip')).toMatchObject({ kind: 'ask-whole' });
    expect(admitWhole(before, TAPE, given)).toMatchObject({
      kind: 'taken',
      why: 'in part of IEX',
      keepsOlder: false,
    });
  });

  it('does not take a whole history that is another one', () => {
    const other = TAPE.map((each) => (each.date < '2024-01-31' ? { ...each, close: 7 } : each));
    expect(admitWhole(before, other, given).kind).toBe('refused');
  });
});

describe('a whole history of IEX', () => {
  it('does not take the place of the tape’s, which is waited for', () => {
    const before = held(until(TAPE, '2024-03-08'), 'sip');
    const overlap = { kind: 'rescaled', factor: 0.995 } as const;
    const given = { overlap, feed: 'iex', source: 'Alpaca' };
    expect(admitWhole(before, asIex(TAPE, 0.995), given)).toMatchObject({
      kind: 'refused',
      reason: expect.stringMatching(/waits for the consolidated tape$/),
    });
  });
});

describe('IEX after a file from elsewhere', () => {
  const before: Held = {
    ...held(until(TAPE, '2024-03-08'), 'unknown'),
    origin: { source: 'import', feed: 'unknown', adjustment: 'unknown', fetchedAt: epochMs(0) },
  };

  it('is joined though every close differs a little, and the tape would not be', () => {
    expect(admit(before, asIex(TAPE), 'iex').kind).toBe('joined');
    expect(admit(before, asIex(TAPE), 'sip').kind).toBe('ask-whole');
  });

  it('is joined the next day too', () => {
    const mixed = [...until(TAPE, '2024-03-01'), ...from(asIex(TAPE), '2024-03-04')];
    const next = held(until(mixed, '2024-03-14'), 'unknown, then iex');
    expect(admit(next, from(asIex(TAPE), '2024-02-20'), 'iex').kind).toBe('joined');
  });
});
