/** Checks a slash command as a client does before sending it, and builds its interaction data. */
import { type Json, listOf, textOf } from './json.ts';

/** The value of an option as typed. */
export type OptionValue = string | number | boolean;
/** Options by name. */
export type Options = Readonly<Record<string, OptionValue>>;

interface SlashParts {
  /** Commands known to the client. */
  readonly list: readonly Json[];
  readonly request: { readonly command: string; readonly options?: Options };
  /** The option being typed; the others may then be incomplete. */
  readonly focused: string | undefined;
  /** Looks up the object with an id. */
  readonly resolve: (type: number, id: OptionValue) => Json;
}

/** @throws RangeError naming what a client would not allow */
export function slashData({ list, request, focused, resolve }: SlashParts): Json {
  const [name = '', ...inner] = request.command.split(' ');
  const command = list.find((each) => each['name'] === name);
  if (!command) throw new RangeError(`/${name}: there is no such command here`);
  const leaf = leafOf(command, inner, request.command);
  const given = request.options ?? {};
  refuseUnknown(leaf, given, request.command);
  const plain = listOf(leaf, 'options').flatMap((option) => {
    const value = given[textOf(option, 'name') ?? ''];
    return value === undefined ? missing(option, focused) : [filled(option, value, focused)];
  });
  const options = inner.reduceRight<readonly Json[]>((options, part, index) => {
    const isGroup = index === 0 && inner.length > 1;
    return [{ name: part, type: isGroup ? 2 : 1, options }];
  }, plain);
  const resolved = Object.assign(
    {},
    ...plain.map(({ type, value }) => resolve(Number(type), value as OptionValue)),
  );
  return {
    id: command['id'],
    name,
    type: 1,
    options,
    ...(command['guild_id'] !== undefined && { guild_id: command['guild_id'] }),
    ...(Object.keys(resolved).length > 0 && { resolved }),
  };
}

function leafOf(command: Json, inner: readonly string[], full: string): Json {
  const leaf = inner.reduce<Json | undefined>(
    (node, part) => node && listOf(node, 'options').find((each) => each['name'] === part),
    command,
  );
  if (!leaf) throw new RangeError(`/${full}: there is no such sub-command`);
  const more = listOf(leaf, 'options').find(({ type }) => type === 1 || type === 2);
  if (more) throw new RangeError(`/${full}: choose a sub-command`);
  return leaf;
}

function refuseUnknown(leaf: Json, given: Options, full: string): void {
  const known = new Set(listOf(leaf, 'options').map((option) => option['name']));
  const unknown = Object.keys(given).find((name) => !known.has(name));
  if (unknown !== undefined) throw new RangeError(`/${full}: there is no option "${unknown}"`);
}

function missing(option: Json, focused: string | undefined): readonly Json[] {
  const { name, type } = option;
  if (name === focused) return [{ name, type, value: '', focused: true }];
  if (option['required'] !== true || focused !== undefined) return [];
  throw new RangeError(`option "${name}": it is required`);
}

function filled(option: Json, value: OptionValue, focused: string | undefined): Json {
  const { name, type } = option;
  if (name === focused) return { name, type, value: String(value), focused: true };
  return { name, type, value: checked(option, value) };
}

function checked(option: Json, value: OptionValue): OptionValue {
  const name = String(option['name']);
  const type = option['type'];
  const choices = listOf(option, 'choices');
  if (choices.length > 0 && !choices.some((choice) => choice['value'] === value)) {
    throw new RangeError(`option "${name}": not one of its choices`);
  }
  if (type === 3) return checkedText(option, name, value);
  if (type === 4 || type === 10) return checkedNumber(option, name, value);
  if (type === 5 && typeof value !== 'boolean')
    throw new RangeError(`option "${name}": true or false`);
  return value;
}

function checkedText(option: Json, name: string, value: OptionValue): string {
  const text = String(value);
  const min = Number(option['min_length'] ?? 0);
  const max = Number(option['max_length'] ?? 6000);
  if (text.length >= min && text.length <= max) return text;
  throw new RangeError(`option "${name}": ${min} to ${max} characters`);
}

function checkedNumber(option: Json, name: string, value: OptionValue): number {
  const number = typeof value === 'number' ? value : Number.NaN;
  const min = Number(option['min_value'] ?? Number.NEGATIVE_INFINITY);
  const max = Number(option['max_value'] ?? Number.POSITIVE_INFINITY);
  const isWhole = option['type'] !== 4 || Number.isSafeInteger(number);
  if (isWhole && number >= min && number <= max) return number;
  throw new RangeError(`option "${name}": expected a number from ${min} to ${max}`);
}
