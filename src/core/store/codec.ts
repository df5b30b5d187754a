import type { Entry } from '../domain/entry.ts';

/** JSON with Maps, which decisions are full of. Equal values give equal text. */
export function encode(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) =>
    inner instanceof Map ? { '~map': [...inner] } : inner,
  );
}

/** @throws SyntaxError when the text is not JSON. */
export function decodeEntry(text: string): Entry {
  return JSON.parse(text, (_key, inner: unknown) =>
    isMap(inner) ? new Map(inner['~map']) : inner,
  );
}

function isMap(value: unknown): value is { '~map': [unknown, unknown][] } {
  return typeof value === 'object' && value !== null && '~map' in value;
}
