/** Readers for bodies that a bot sent: anything may be in them. */
export type Json = { readonly [key: string]: unknown };

/** Whether it is a JSON object. */
export function isJson(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The text under the key, else undefined. */
export function textOf(body: Json, key: string): string | undefined {
  const value = body[key];
  return typeof value === 'string' ? value : undefined;
}

/** The finite number under the key, else undefined. */
export function numberOf(body: Json, key: string): number | undefined {
  const value = body[key];
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
}

/** The objects of a list; anything else in it is left out. */
export function listOf(body: Json, key: string): readonly Json[] {
  const value = body[key];
  return Array.isArray(value) ? value.filter(isJson) : [];
}
