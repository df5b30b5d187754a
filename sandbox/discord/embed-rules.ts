/** Discord's checks of embeds. */
import type { Problem } from './faults.ts';
import { badValue, listProblems, type Path, required, textProblems } from './form.ts';
import { isJson, type Json, listOf, textOf } from './json.ts';

const MAX_EMBEDS = 10;
/** Limit over all embeds of a message. */
const MAX_CHARACTERS = 6000;

/** Discord's objections to the embeds of a body. */
export function embedProblems(body: Json): readonly Problem[] {
  const embeds = listOf(body, 'embeds');
  return [
    ...listProblems(body, 'embeds', [], { min: 0, max: MAX_EMBEDS }),
    ...embeds.flatMap((embed, index) => oneEmbed(embed, ['embeds', index])),
    ...tooManyCharacters(embeds),
  ];
}

function oneEmbed(embed: Json, at: Path): readonly Problem[] {
  return [
    ...(isEmpty(embed) ? [required([...at, 'description'])] : []),
    ...textProblems(embed, 'title', at, { min: 0, max: 256 }),
    ...textProblems(embed, 'description', at, { min: 0, max: 4096 }),
    ...listProblems(embed, 'fields', at, { min: 0, max: 25 }),
    ...listOf(embed, 'fields').flatMap((field, index) => [
      ...textProblems(field, 'name', [...at, 'fields', index], { min: 1, max: 256 }),
      ...textProblems(field, 'value', [...at, 'fields', index], { min: 1, max: 1024 }),
    ]),
    ...part(embed, 'footer', 'text', at, 2048),
    ...part(embed, 'author', 'name', at, 256),
    ...colourProblems(embed, at),
    ...urlProblems(embed, 'url', at, false),
    ...['image', 'thumbnail'].flatMap((key) => {
      const media = embed[key];
      return isJson(media) ? urlProblems(media, 'url', [...at, key], true) : [];
    }),
    ...timestampProblems(embed, at),
  ];
}

function part(embed: Json, key: string, inner: string, at: Path, max: number): readonly Problem[] {
  const value = embed[key];
  return isJson(value) ? textProblems(value, inner, [...at, key], { min: 1, max }) : [];
}

function isEmpty(embed: Json): boolean {
  const shown = ['title', 'description', 'image', 'thumbnail', 'footer', 'author', 'video'];
  const blank = (value: unknown): boolean =>
    value === undefined || value === null || (typeof value === 'string' && value.trim() === '');
  return shown.every((key) => blank(embed[key])) && listOf(embed, 'fields').length === 0;
}

function colourProblems(embed: Json, at: Path): readonly Problem[] {
  const colour = embed['color'];
  if (colour === undefined || colour === null) return [];
  const fits = Number.isSafeInteger(colour) && Number(colour) >= 0 && Number(colour) <= 0xffffff;
  const message = 'int value should be less than or equal to 16777215.';
  return fits ? [] : [badValue([...at, 'color'], message, 'NUMBER_TYPE_MAX')];
}

function urlProblems(body: Json, key: string, at: Path, attachment: boolean): readonly Problem[] {
  const url = body[key];
  if (url === undefined || url === null) return [];
  const scheme = attachment ? /^(https?|attachment):\/\/./ : /^https?:\/\/./;
  if (typeof url === 'string' && scheme.test(url)) return [];
  const message = `Scheme must be one of ('http', 'https'${attachment ? ", 'attachment'" : ''}).`;
  return [badValue([...at, key], message, 'URL_TYPE_INVALID_SCHEME')];
}

function timestampProblems(embed: Json, at: Path): readonly Problem[] {
  const timestamp = textOf(embed, 'timestamp');
  if (timestamp === undefined || !Number.isNaN(Date.parse(timestamp))) return [];
  const message = `Could not parse ${timestamp}. Should be ISO8601.`;
  return [badValue([...at, 'timestamp'], message, 'DATE_TIME_TYPE_PARSE')];
}

function tooManyCharacters(embeds: readonly Json[]): readonly Problem[] {
  const total = embeds.reduce((sum, embed) => sum + charactersOf(embed), 0);
  const message = `Embed size exceeds maximum size of ${MAX_CHARACTERS}`;
  return total > MAX_CHARACTERS ? [badValue(['embeds'], message, 'MAX_EMBED_SIZE_EXCEEDED')] : [];
}

function charactersOf(embed: Json): number {
  const inner = (key: string, text: string): number => {
    const value = embed[key];
    return isJson(value) ? lengthOf(value, text) : 0;
  };
  const fields = listOf(embed, 'fields');
  return (
    lengthOf(embed, 'title') +
    lengthOf(embed, 'description') +
    inner('footer', 'text') +
    inner('author', 'name') +
    fields.reduce((sum, field) => sum + lengthOf(field, 'name') + lengthOf(field, 'value'), 0)
  );
}

function lengthOf(body: Json, key: string): number {
  return textOf(body, key)?.length ?? 0;
}
