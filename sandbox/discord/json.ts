/** Readers of JSON bodies that may contain anything. */
export type Json = { readonly [key: string]: unknown };

/** Whether it is a JSON object. */
export function isJson(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The string under the key, otherwise undefined. */
export function textOf(body: Json, key: string): string | undefined {
  const value = body[key];
  return typeof value === 'string' ? value : undefined;
}

/** The finite number under the key, otherwise undefined. */
export function numberOf(body: Json, key: string): number | undefined {
  const value = body[key];
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
}

/** The objects of a list; other items are left out. */
export function listOf(body: Json, key: string): readonly Json[] {
  const value = body[key];
  return Array.isArray(value) ? value.filter(isJson) : [];
}
