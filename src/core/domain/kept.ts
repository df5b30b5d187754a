/** Answers of pure functions about things that never change, kept to be given again. */

/** The function, which gives its last answer again while it is asked with the very same arguments. */
export function keepingLast<A extends readonly unknown[], R>(
  answer: (...asked: A) => R,
): (...asked: A) => R {
  let last: { readonly asked: A; readonly answered: R } | undefined;
  return (...asked) => {
    const isSame = last?.asked.every((each, index) => Object.is(each, asked[index])) ?? false;
    if (!last || !isSame || last.asked.length !== asked.length)
      last = { asked, answered: answer(...asked) };
    return last.answered;
  };
}

/** Gives the answer that is kept about a thing under that key, or makes and keeps it. */
export type Kept<T extends object, R> = (about: T, key: string, make: () => R) => R;

/** Keeps at most so many answers about one thing, and none once nobody holds the thing any more. */
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
