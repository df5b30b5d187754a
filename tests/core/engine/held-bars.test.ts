import { describe, expect, it } from 'vitest';
import { barHistory } from '#core/domain/bar.ts';
import { type SessionDate, sessionDate, type Ticker, ticker } from '#core/domain/units.ts';
import { createBarKeeper } from '#core/engine/held-bars.ts';
import type { BarSet, BarSource } from '#core/ports.ts';

describe('the bars that are held', () => {
  const [FRIDAY, MONDAY] = [sessionDate('2024-06-28'), sessionDate('2024-07-01')];
  const [XLK, XLF] = [ticker('XLK'), ticker('XLF')];
  const barsTo = (...lasts: readonly (readonly [Ticker, SessionDate])[]): BarSet['bars'] =>
    new Map(
      lasts.map(([of, date]) => [
        of,
        barHistory(of, [{ date, open: 1, high: 1, low: 1, close: 1, volume: 1 }]),
      ]),
    );
  /** Keeps what such a source answers, and what it was asked for. */
  const keeping = (...answers: readonly (Partial<BarSet> | Error)[]) => {
    const asked: (readonly [string, readonly string[]])[] = [];
    const load: BarSource['load'] = async (through, tell, again) => {
      const answer = answers[asked.length] ?? {};
      asked.push([through, [...(again ?? [])]]);
      tell?.(1, 2);
      if (answer instanceof Error) throw answer;
      return { bars: new Map(), refused: new Map(), ...answer };
    };
    return { keeper: createBarKeeper({ name: 'test', load }, [XLK, XLF]), asked };
  };

  it('are read again until every ticker is complete', async () => {
    const half = { bars: barsTo([XLK, MONDAY], [XLF, FRIDAY]) };
    const { keeper, asked } = keeping(half, { bars: barsTo([XLK, MONDAY], [XLF, MONDAY]) });
    for (let times = 0; times < 3; times++) await keeper.read(MONDAY, undefined);
    expect(asked).toHaveLength(2);
    expect(keeper.held().through).toBe(MONDAY);
  });

  it('are read again where one is doubted, which is fetched anew', async () => {
    const all = { bars: barsTo([XLK, MONDAY], [XLF, MONDAY]) };
    const { keeper, asked } = keeping(all, all);
    await keeper.read(MONDAY, undefined);
    await keeper.read(MONDAY, new Map([[XLF, 'a price contradicts it']]));
    expect(asked).toEqual([
      [MONDAY, []],
      [MONDAY, [XLF]],
    ]);
  });

  it('are read for another session', async () => {
    const { keeper, asked } = keeping({ bars: barsTo([XLK, FRIDAY], [XLF, FRIDAY]) });
    await keeper.read(FRIDAY, undefined);
    await keeper.read(MONDAY, undefined);
    expect(asked.map(([through]) => through)).toEqual([FRIDAY, MONDAY]);
  });

  it('are read for it even where those of an earlier one went that far', async () => {
    const { keeper, asked } = keeping({ bars: barsTo([XLK, MONDAY], [XLF, MONDAY]) });
    await keeper.read(FRIDAY, undefined);
    await keeper.read(MONDAY, undefined);
    expect(asked).toHaveLength(2);
  });

  it('keep the unadjusted ones, but no problem that is over', async () => {
    const raw = barsTo([XLK, FRIDAY]);
    const none = { raw: undefined } as unknown as Partial<BarSet>;
    const { keeper } = keeping({ raw, problem: 'nothing newer' }, none);
    await keeper.read(FRIDAY, undefined);
    expect(keeper.held()).toMatchObject({ raw, problem: 'nothing newer' });
    await keeper.read(MONDAY, undefined);
    expect(keeper.held()).toMatchObject({ raw, problem: undefined, through: MONDAY });
  });

  it('show progress while they are read, and none after a failure', async () => {
    const told: number[][] = [];
    const { keeper } = keeping(new Error('no answer'), {});
    const tell = (done: number, of: number) =>
      void told.push([done, of, keeper.progress()?.done ?? -1]);
    await expect(keeper.read(MONDAY, undefined, tell)).rejects.toThrow('no answer');
    expect(told).toEqual([[1, 2, 1]]);
    expect(keeper.progress()).toBeUndefined();
    expect(keeper.held().through).toBeUndefined();
    await keeper.read(MONDAY, undefined);
    expect(keeper.progress()).toBeUndefined();
  });
});
