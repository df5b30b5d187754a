/** Discord's checks of application commands. */
import type { Problem } from './faults.ts';
import { badValue, listProblems, type Path, textProblems } from './form.ts';
import { type Json, listOf, textOf } from './json.ts';

const SUBCOMMAND = 1;
const SUBCOMMAND_GROUP = 2;
const CHOICE_TYPES: ReadonlySet<unknown> = new Set([3, 4, 10]);
const NAME = /^[-_'\p{L}\p{N}\p{sc=Deva}\p{sc=Thai}]{1,32}$/u;
const MAX_COMMANDS = 100;
const MAX_CHARACTERS = 8000;

/** Discord's objections to a list of commands. */
export function commandListProblems(commands: readonly Json[]): readonly Problem[] {
  const chatInput = commands.filter((command) => (command['type'] ?? 1) === 1);
  const names = commands.map((command) => `${command['type'] ?? 1}/${command['name']}`);
  const count = `Maximum number of application commands reached (${MAX_COMMANDS}).`;
  return [
    ...commands.flatMap((command, index) => commandProblems(command, [index])),
    ...(chatInput.length > MAX_COMMANDS ? [badValue([], count, 'MAX_APPLICATION_COMMANDS')] : []),
    ...(new Set(names).size < names.length ? [badValue([], DUPLICATE, 'DUPLICATE_NAME')] : []),
  ];
}

const DUPLICATE = 'Application command names must be unique';

function commandProblems(command: Json, at: Path): readonly Problem[] {
  const isChatInput = (command['type'] ?? 1) === 1;
  const size = charactersOf(command);
  const tooBig = `Command exceeds maximum size (${MAX_CHARACTERS})`;
  return [
    ...(isChatInput ? nameProblems(command, at) : textProblems(command, 'name', at, NAME_LENGTH)),
    ...(isChatInput ? textProblems(command, 'description', at, { min: 1, max: 100 }) : []),
    ...optionListProblems(command, at, 0),
    ...(size > MAX_CHARACTERS ? [badValue(at, tooBig, 'APPLICATION_COMMAND_TOO_LARGE')] : []),
  ];
}

const NAME_LENGTH = { min: 1, max: 32 };

function nameProblems(body: Json, at: Path): readonly Problem[] {
  const missing = textProblems(body, 'name', at, NAME_LENGTH);
  const name = textOf(body, 'name') ?? '';
  if (missing.length > 0 || (NAME.test(name) && name === name.toLowerCase())) return missing;
  const message = 'Command name is invalid';
  return [badValue([...at, 'name'], message, 'APPLICATION_COMMAND_INVALID_NAME')];
}

function optionListProblems(body: Json, at: Path, depth: number): readonly Problem[] {
  const options = listOf(body, 'options');
  const names = options.map((option) => option['name']);
  const order = 'Required options must be placed before non-required options';
  const twice = 'Option name already exists';
  const firstOptional = options.findIndex(
    (option) => option['required'] !== true && isPlain(option),
  );
  const late = options.some((option, i) => option['required'] === true && i > firstOptional);
  const path = [...at, 'options'];
  return [
    ...listProblems(body, 'options', at, { min: 0, max: 25 }),
    ...options.flatMap((option, index) => optionProblems(option, [...path, index], depth)),
    ...(firstOptional >= 0 && late
      ? [badValue(path, order, 'APPLICATION_COMMAND_OPTIONS_REQUIRED_INVALID')]
      : []),
    ...(new Set(names).size < names.length
      ? [badValue(path, twice, 'APPLICATION_COMMAND_OPTIONS_NAME_ALREADY_EXISTS')]
      : []),
    ...(options.some(isPlain) && !options.every(isPlain)
      ? [badValue(path, 'Sub-command and option cannot be mixed', 'OPTIONS_TYPE_MIXED')]
      : []),
  ];
}

function isPlain(option: Json): boolean {
  return option['type'] !== SUBCOMMAND && option['type'] !== SUBCOMMAND_GROUP;
}

function optionProblems(option: Json, at: Path, depth: number): readonly Problem[] {
  const type = Number(option['type']);
  const nested = !isPlain(option);
  const tooDeep = nested && (depth > 1 || (depth === 1 && type === SUBCOMMAND_GROUP));
  return [
    ...nameProblems(option, at),
    ...textProblems(option, 'description', at, { min: 1, max: 100 }),
    ...(type >= 1 && type <= 11 ? [] : [badValue([...at, 'type'], 'Value is not an option type')]),
    ...(tooDeep ? [badValue([...at, 'type'], 'Sub-commands nest one group deep')] : []),
    ...(nested ? optionListProblems(option, at, depth + 1) : choiceProblems(option, at)),
  ];
}

function choiceProblems(option: Json, at: Path): readonly Problem[] {
  const choices = listOf(option, 'choices');
  const both = choices.length > 0 && option['autocomplete'] === true;
  const misplaced = choices.length > 0 && !CHOICE_TYPES.has(option['type']);
  return [
    ...listProblems(option, 'choices', at, { min: 0, max: 25 }),
    ...choiceListProblems(choices, [...at, 'choices']),
    ...(both
      ? [badValue([...at, 'autocomplete'], 'Autocomplete and choices exclude each other')]
      : []),
    ...(misplaced ? [badValue([...at, 'choices'], 'This type of option takes no choices')] : []),
  ];
}

/** Choices of an option and answers to an autocomplete. */
export function choiceListProblems(choices: readonly Json[], at: Path): readonly Problem[] {
  return choices.flatMap((choice, index) => [
    ...textProblems(choice, 'name', [...at, index], { min: 1, max: 100 }),
    ...(typeof choice['value'] === 'number'
      ? []
      : textProblems(choice, 'value', [...at, index], { min: 1, max: 100 })),
  ]);
}

function charactersOf(body: Json): number {
  const own = ['name', 'description', 'value'].reduce(
    (sum, key) => sum + (textOf(body, key)?.length ?? 0),
    0,
  );
  const children = [...listOf(body, 'options'), ...listOf(body, 'choices')];
  return children.reduce((sum, child) => sum + charactersOf(child), own);
}
