/** Caches results of pure functions of immutable values. */

/** Memoizes the last result of the function, for exactly the same arguments. */
export function keepingLast<A extends readonly unknown[], R>(
  answer: (...asked: A) => R,
): (...asked: A) => R {
  let last: { readonly asked: A; readonly answered: R } | undefined;
  return (...asked) => {
    const isKnown =
      last?.asked.length === asked.length &&
      last.asked.every((each, index) => Object.is(each, asked[index]));
    if (!last || !isKnown) last = { asked, answered: answer(...asked) };
    return last.answered;
  };
}

/** Memoizes the last result of the function, for an input whose properties are exactly the same. */
export function keepingSame<I extends object, R>(answer: (input: I) => R): (input: I) => R {
  let last: { readonly input: I; readonly answered: R } | undefined;
  return (input) => {
    if (!last || !isSame(last.input, input)) last = { input, answered: answer(input) };
    return last.answered;
  };
}

/**
 * Folds a list. For the same context it continues after the elements that are exactly those of the last
 * list: of a list that grew, only the new ones are read.
 */
export function keepingFold<C extends object, E, V>(
  begin: (context: C) => V,
  step: (before: V, element: E, context: C) => V,
): (context: C, list: readonly E[]) => V {
  let last: { readonly context: C; readonly list: readonly E[]; readonly values: readonly V[] } = {
    context: {} as C,
    list: [],
    values: [],
  };
  return (context, list) => {
    let isKnown = isSame(last.context, context);
    if (isKnown && last.list === list) return last.values.at(-1) ?? begin(context);
    let value = begin(context);
    const values = list.map((element, index) => {
      isKnown &&= Object.is(last.list[index], element);
      value = (isKnown ? last.values[index] : undefined) ?? step(value, element, context);
      return value;
    });
    last = { context, list, values };
    return value;
  };
}

/** Returns the last list in place of one with exactly the same elements, so that both are one input. */
export function keepingList<E>(): (list: readonly E[]) => readonly E[] {
  let last: readonly E[] = [];
  return (list) => {
    const isKnown =
      last.length === list.length && last.every((each, index) => Object.is(each, list[index]));
    if (!isKnown) last = list;
    return last;
  };
}

function isSame<I extends object>(one: I, other: I): boolean {
  const names = Object.keys(other) as (keyof I)[];
  return (
    names.length === Object.keys(one).length &&
    names.every((name) => Object.is(one[name], other[name]))
  );
}

/** Returns the cached result for an object under that key, or computes and caches it. */
export type Kept<T extends object, R> = (about: T, key: string, make: () => R) => R;

/** Caches at most `most` results per object, and releases them with the object. */
export function keptAbout<T extends object, R>(most: number): Kept<T, R> {
  const known = new WeakMap<T, Map<string, R>>();
  return (about, key, make) => {
    const kept = known.get(about) ?? new Map<string, R>();
    const found = kept.get(key);
    if (found !== undefined) return found;
    if (kept.size >= most) kept.clear();
    const made = make();
    known.set(about, kept.set(key, made));
    return made;
  };
}
