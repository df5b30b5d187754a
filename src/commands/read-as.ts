/** Undefined where nothing was typed, and where the reader throws: it cannot be what was asked for. */
export function readAs<T>(read: (text: string) => T, typed: unknown): T | undefined {
  if (typed === undefined) return undefined;
  try {
    return read(String(typed).trim());
  } catch {
    return undefined;
  }
}
