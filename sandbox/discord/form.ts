/** Discord's validation messages, shared by messages, commands and modals. */
import type { Problem } from './faults.ts';
import { isJson, type Json } from './json.ts';

/** Path within a body. */
export type Path = readonly (string | number)[];

/** A required field is missing. */
export function required(path: Path): Problem {
  return { path, code: 'BASE_TYPE_REQUIRED', message: 'This field is required' };
}

/** A field has an invalid value. */
export function badValue(path: Path, message: string, code = 'BASE_TYPE_CHOICES'): Problem {
  return { path, code, message };
}

/**
 * A text of `min` to `max` UTF-16 units, at least as strict as Discord, which counts characters. Blank text
 * counts as missing, as Discord trims; missing is an error only if `min` is above zero.
 */
export function textProblems(
  body: Json,
  key: string,
  at: Path,
  { min, max }: { readonly min: number; readonly max: number },
): readonly Problem[] {
  const value = body[key];
  const path = [...at, key];
  if (value === undefined || value === null) return min > 0 ? [required(path)] : [];
  if (typeof value !== 'string') {
    return [badValue(path, 'Could not interpret value as string.', 'STRING_TYPE_CONVERT')];
  }
  if (min > 0 && value.trim() === '') return [required(path)];
  return value.length > max || value.length < min ? [badLength(path, min, max)] : [];
}

/** A list of `min` to `max` items. */
export function listProblems(
  body: Json,
  key: string,
  at: Path,
  { min, max }: { readonly min: number; readonly max: number },
): readonly Problem[] {
  const value = body[key];
  const path = [...at, key];
  if (value === undefined || value === null) return min > 0 ? [required(path)] : [];
  if (!Array.isArray(value)) {
    return [badValue(path, 'Only iterables may be used in a ListType', 'LIST_TYPE_CONVERT')];
  }
  if (!value.every(isJson)) {
    return [badValue(path, 'Only dictionaries may be used in a DictType', 'DICT_TYPE_CONVERT')];
  }
  return value.length > max || value.length < min ? [badLength(path, min, max)] : [];
}

/** A whole number within bounds; optional. */
export function numberProblems(
  body: Json,
  key: string,
  at: Path,
  { min, max }: { readonly min: number; readonly max: number },
): readonly Problem[] {
  const value = body[key];
  if (value === undefined || value === null) return [];
  const fits = Number.isSafeInteger(value) && Number(value) >= min && Number(value) <= max;
  const message = `int value should be between ${min} and ${max}.`;
  return fits ? [] : [badValue([...at, key], message, 'NUMBER_TYPE_MAX')];
}

function badLength(path: Path, min: number, max: number): Problem {
  return min > 0
    ? badValue(path, `Must be between ${min} and ${max} in length.`, 'BASE_TYPE_BAD_LENGTH')
    : badValue(path, `Must be ${max} or fewer in length.`, 'BASE_TYPE_MAX_LENGTH');
}
