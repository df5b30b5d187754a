/** The first difference between two JSON values, as text. */

type Json = unknown;

/** `plan.orders.0.qty: 12, now 13`; both are objects, and not equal. */
export function firstDifference(then: Json, now: Json): string {
  return difference('', then, now) ?? 'the order of what is recorded';
}

function difference(path: string, then: Json, now: Json): string | undefined {
  if (!isObject(then) || !isObject(now)) {
    return then === now ? undefined : `${path}: ${shown(then)}, now ${shown(now)}`;
  }
  for (const key of new Set([...Object.keys(then), ...Object.keys(now)])) {
    const found = difference(path === '' ? key : `${path}.${key}`, then[key], now[key]);
    if (found !== undefined) return found;
  }
  return undefined;
}

function isObject(value: Json): value is Record<string, Json> {
  return typeof value === 'object' && value !== null;
}

const MAX_LENGTH = 80;

function shown(value: Json): string {
  const text = value === undefined ? 'nothing' : JSON.stringify(value);
  return text.length <= MAX_LENGTH ? text : `${text.slice(0, MAX_LENGTH)}…`;
}
