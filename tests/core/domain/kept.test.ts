import { describe, expect, it } from 'vitest';
import {
  keepingFold,
  keepingLast,
  keepingList,
  keepingSame,
  keptAbout,
} from '#core/domain/kept.ts';

function counted<A extends readonly unknown[]>() {
  const asked: A[] = [];
  const answer = (...each: A): number => asked.push(each);
  return { asked, answer };
}

describe('a function that caches its last result', () => {
  it('is called once for identical arguments', () => {
    const { asked, answer } = counted<[object, number | undefined]>();
    const kept = keepingLast(answer);
    const book = {};
    expect([kept(book, undefined), kept(book, undefined)]).toEqual([1, 1]);
    expect(asked).toHaveLength(1);
  });

  it('is called again for anything else, even if equal', () => {
    const { asked, answer } = counted<[object, number?]>();
    const kept = keepingLast(answer);
    const book = {};
    for (const [each, other] of [
      [book, 1],
      [book, 2],
      [{}, 2],
      [book, 1],
    ] as const)
      kept(each, other);
    kept(book);
    expect(asked).toHaveLength(5);
    const none = counted<readonly object[]>();
    const any = keepingLast(none.answer);
    expect([any(book), any(), any()]).toEqual([1, 2, 2]);
  });
});

describe('cached results for an object', () => {
  it('are computed once per key and object', () => {
    const { asked, answer } = counted<[string]>();
    const kept = keptAbout<object, number>(8);
    const [one, other] = [{}, {}];
    for (const thing of [one, other, one]) {
      for (const key of ['a', 'b']) kept(thing, key, () => answer(key));
    }
    expect(asked).toHaveLength(4);
  });

  it('are dropped together when there would be too many', () => {
    const { asked, answer } = counted<[string]>();
    const kept = keptAbout<object, number>(2);
    const one = {};
    for (const key of ['a', 'b', 'c', 'c', 'a']) kept(one, key, () => answer(key));
    expect(asked.flat()).toEqual(['a', 'b', 'c', 'a']);
  });
});

describe('the last result for the same properties', () => {
  it('is kept while every property is the same, and computed again when one is another', () => {
    let computed = 0;
    const bars = [1];
    const sum = keepingSame(({ add, values }: { values: readonly number[]; add?: number }) => {
      computed += 1;
      return values.reduce((total, value) => total + value, add ?? 0);
    });
    expect([sum({ values: bars }), sum({ values: bars })]).toEqual([1, 1]);
    expect(computed).toBe(1);
    expect(sum({ values: bars, add: 2 })).toBe(3);
    expect(sum({ values: [1], add: 2 })).toBe(3);
    expect(computed).toBe(3);
    expect(sum({ values: bars, add: 2 })).toBe(3);
    expect(sum({ values: bars })).toBe(1);
    expect(computed).toBe(5);
  });
});

describe('a fold that is kept', () => {
  /** Sums for a beginning, and tells what was read for it. */
  function summing() {
    const read: number[] = [];
    const sum = keepingFold<{ from: number }, { of: number }, number>(
      ({ from }) => from,
      (before, { of }) => {
        read.push(of);
        return before + of;
      },
    );
    return (from: number, list: readonly { of: number }[]): readonly number[] => {
      read.length = 0;
      return [sum({ from }, list), ...read];
    };
  }
  const [one, two, three] = [{ of: 1 }, { of: 2 }, { of: 3 }] as const;

  it('reads only the elements that were added', () => {
    const readFor = summing();
    expect(readFor(10, [one, two])).toEqual([13, 1, 2]);
    expect(readFor(10, [one, two, three])).toEqual([16, 3]);
    const list = [one, two, three];
    expect([readFor(10, list), readFor(10, list)]).toEqual([[16], [16]]);
  });

  it('reads all from the first other element on, even if that is equal', () => {
    const readFor = summing();
    expect(readFor(10, [one, two, three])).toEqual([16, 1, 2, 3]);
    expect(readFor(10, [one, { of: 2 }, three])).toEqual([16, 2, 3]);
    expect(readFor(10, [two])).toEqual([12, 2]);
    expect(readFor(10, [])).toEqual([10]);
  });

  it('reads everything again for another context, the same list too', () => {
    const readFor = summing();
    const list = [one, two];
    expect(readFor(10, list)).toEqual([13, 1, 2]);
    expect(readFor(20, list)).toEqual([23, 1, 2]);
    expect(readFor(20, list)).toEqual([23]);
  });
});

describe('a list that is kept', () => {
  it('is the last one where all its elements are the same, and no other list', () => {
    const [one, two] = [{}, {}];
    const kept = keepingList<object>();
    const first = [one, two];
    expect(kept(first)).toBe(first);
    expect(kept([one, two])).toBe(first);
    for (const other of [[one], [one, {}], [two, one], [one, two, two], []])
      expect(kept(other)).toBe(other);
    expect(kept([one, two])).not.toBe(first);
  });
});
