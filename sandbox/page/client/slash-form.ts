/** The pure part of the message box: suggestions for the typed text. */
import type { CommandDto, OptionDto, OptionsDto } from '../dto.ts';

/** A command that can be run, with its options. */
export interface RunnableCommand {
  /** With its sub-commands: `model show`. */
  readonly path: string;
  readonly description: string;
  readonly options: readonly OptionDto[];
}

const SUBCOMMAND = 1;
const GROUP = 2;

/** Every command that can be sent: one with sub-commands is replaced by those. */
export function leavesOf(commands: readonly CommandDto[]): readonly RunnableCommand[] {
  const chatInput = commands.filter(({ type }) => type === 1);
  return chatInput
    .flatMap((command) => below(command.name, command))
    .sort((a, b) => (a.path < b.path ? -1 : 1));
}

function below(path: string, node: CommandDto | OptionDto): readonly RunnableCommand[] {
  const options = node.options ?? [];
  const nested = options.filter(({ type }) => type === SUBCOMMAND || type === GROUP);
  if (nested.length > 0) return nested.flatMap((each) => below(`${path} ${each.name}`, each));
  return [{ path, description: node.description, options }];
}

/** Commands for the text after the slash: those that begin with it first. */
export function matching(
  leaves: readonly RunnableCommand[],
  typed: string,
): readonly RunnableCommand[] {
  const wanted = typed.toLowerCase().trim();
  if (wanted === '') return [...leaves].sort((a, b) => rank(a) - rank(b));
  const begins = leaves.filter(({ path }) => path.startsWith(wanted));
  const holds = leaves.filter((leaf) => !begins.includes(leaf) && leaf.path.includes(wanted));
  return [...begins, ...holds];
}

/** Commands for newcomers come first; the others keep their order. */
const FIRST: readonly string[] = [
  'help',
  'status',
  'positions',
  'performance',
  'preview',
  'explain',
];

function rank({ path }: RunnableCommand): number {
  const index = FIRST.indexOf(path);
  return index < 0 ? FIRST.length : index;
}

/** The command typed in full, followed by a space if it takes options. */
export function exact(
  leaves: readonly RunnableCommand[],
  typed: string,
): RunnableCommand | undefined {
  return leaves.find(({ path }) => path === typed.trim().toLowerCase());
}

/** A command suggested while typing. */
export interface Suggestion {
  readonly name: string;
  readonly value: string | number | boolean;
}

/** Fixed choices of an option that match the typed text. */
export function choicesOf(option: OptionDto, typed: string): readonly Suggestion[] {
  const fits = ({ name }: Suggestion): boolean => name.toLowerCase().includes(typed.toLowerCase());
  if (option.type === 5) return [TRUE, FALSE].filter(fits);
  return (option.choices ?? []).filter(fits);
}

const TRUE: Suggestion = { name: 'True', value: true };
const FALSE: Suggestion = { name: 'False', value: false };

/** Converts the text of a chip to the value of its option. */
function valueOf(option: OptionDto, text: string): string | number | boolean {
  const chosen = [...(option.choices ?? []), ...(option.type === 5 ? [TRUE, FALSE] : [])].find(
    ({ name }) => name.toLowerCase() === text.trim().toLowerCase(),
  );
  if (chosen) return chosen.value;
  const isNumber = option.type === 4 || option.type === 10;
  return isNumber && text.trim() !== '' ? Number(text) : text.trim();
}

/** The options filled in. */
export function optionsOf(
  leaf: RunnableCommand,
  texts: ReadonlyMap<string, string>,
  picked: ReadonlyMap<string, Suggestion>,
): OptionsDto {
  const filled = leaf.options.flatMap((option) => {
    const text = texts.get(option.name) ?? '';
    if (text.trim() === '') return [];
    const choice = picked.get(option.name);
    const value = choice?.name === text ? choice.value : valueOf(option, text);
    return [[option.name, value] as const];
  });
  return Object.fromEntries(filled);
}

/** The option that a typed text begins with, as in `state:open`, and what follows the colon. */
export function namedIn(
  options: readonly OptionDto[],
  typed: string,
): { readonly option: OptionDto; readonly text: string } | undefined {
  const [, name, text = ''] = /^\s*([^\s:]+):(.*)$/.exec(typed) ?? [];
  const option = options.find((each) => each.name === name?.toLowerCase());
  return option && { option, text: text.trimStart() };
}

/** The first required option without a value. */
export function firstMissing(leaf: RunnableCommand, options: OptionsDto): OptionDto | undefined {
  return leaf.options.find(({ name, required }) => required && options[name] === undefined);
}
