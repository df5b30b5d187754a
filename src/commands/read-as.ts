/** Returns undefined when nothing was typed or the reader throws, as the value cannot be valid then. */
export function readAs<T>(read: (text: string) => T, typed: unknown): T | undefined {
  if (typed === undefined) return undefined;
  try {
    return read(String(typed).trim());
  } catch {
    return undefined;
  }
}
