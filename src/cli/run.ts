import { parseArgs } from 'node:util';
import { closeDays } from '#core/domain/calendar.ts';
import { TradingError } from '#core/errors.ts';
import { bypassProxyForLoopback } from '#ops/proxy.ts';
import { ConfigError } from '#src/config/environment.ts';
import { type CliParts, type Command, UsageError } from './command.ts';
import { COMMANDS, commandOf, type Listed } from './list.ts';

/** Invalid arguments or configuration. */
const BAD_ARGUMENTS = 2;

/** Options of every command. */
const COMMON = {
  data: { type: 'string' },
  json: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
} as const;

/** Called before the first command: makes new files private, and bypasses proxies for this machine. */
export function prepareProcess(env: NodeJS.ProcessEnv): void {
  // Other users must not read backups and exports.
  process.umask(0o077);
  bypassProxyForLoopback(env);
}

/** Runs one offline command and returns the exit code: 0, 2 bad arguments, 3 no decision. */
export async function runCommandLine(argv: readonly string[], parts: CliParts): Promise<number> {
  try {
    return await run(argv, parts);
  } catch (error) {
    if (!isUsersFault(error)) throw error;
    parts.complain(`rotor: ${error.message}`);
    return BAD_ARGUMENTS;
  }
}

async function run(argv: readonly string[], parts: CliParts): Promise<number> {
  const listed = commandOf(argv);
  if (!listed) return withoutCommand(argv[0], parts);
  const command = await listed.load();
  const args = argv.slice(listed.name.split(' ').length);
  const options = { ...COMMON, ...command.options };
  const { values } = parsed(withNegativeNumbers(args, options), options);
  if (values.help) {
    parts.print(helpOf(listed, command));
    return 0;
  }
  await closeConfirmedDays(parts.env);
  const result = await command.run(values, parts);
  for (const remark of result.remarks) parts.complain(`rotor: ${remark}`);
  if (values.json) parts.print(JSON.stringify(result.json));
  else if (result.text !== '') parts.print(result.text);
  return result.exit;
}

/** Only where the variable is set are the settings loaded: loading them takes time. */
async function closeConfirmedDays(env: CliParts['env']): Promise<void> {
  if (!env['CLOSED_DAYS']) return closeDays([]);
  const { confirmedClosings } = await import('#src/config.ts');
  closeDays(confirmedClosings(env));
}

/** Lists the valid options when one is misspelt. */
function parsed(args: readonly string[], options: Command['options']) {
  try {
    return parseArgs({ args: [...args], options: { ...COMMON, ...options } });
  } catch (error) {
    if (!(error instanceof TypeError) || !('code' in error)) throw error;
    if (error.code !== 'ERR_PARSE_ARGS_UNKNOWN_OPTION') throw error;
    const [, found = 'another'] = /'(-[^']*)'/.exec(error.message) ?? [];
    const known = Object.keys(options).map((option) => `--${option}`);
    throw new UsageError(`Unknown option '${found}': expected ${known.join(', ')}`, {
      cause: error,
    });
  }
}

/**
 * Turns `--cash -5000` into `--cash=-5000`: Node takes a value that begins with a dash for another option.
 * None of our options is a number, so a number is always a value.
 */
function withNegativeNumbers(
  args: readonly string[],
  options: Command['options'],
): readonly string[] {
  const takesValue = (arg: string): boolean =>
    arg.startsWith('--') && options[arg.slice(2)]?.type === 'string';
  return args.flatMap((arg, index) => {
    const before = args[index - 1];
    if (before !== undefined && isNegativeNumber(arg) && takesValue(before)) return [];
    const after = args[index + 1];
    return after !== undefined && isNegativeNumber(after) && takesValue(arg)
      ? [`${arg}=${after}`]
      : [arg];
  });
}

function isNegativeNumber(text: string): boolean {
  return /^-\.?\d/.test(text);
}

function withoutCommand(name: string | undefined, parts: CliParts): number {
  if (name === '--help' || name === '-h' || name === 'help') {
    parts.print(help());
    return 0;
  }
  const names = COMMANDS.map((command) => command.name).join(', ');
  throw new UsageError(`command: expected ${names}, found ${name ? `"${name}"` : 'nothing'}`);
}

function help(): string {
  const width = Math.max(...COMMANDS.map(({ name }) => name.length));
  return [
    'npm run -s rotor -- COMMAND [options]',
    '',
    ...COMMANDS.map(({ name, summary }) => `  ${name.padEnd(width)}  ${summary}`),
    '',
    '--json prints JSON; --help after a command lists its options.',
  ].join('\n');
}

function helpOf({ name, summary }: Listed, { usage }: Command): string {
  return [
    `rotor ${name}: ${summary}`,
    '',
    `npm run -s rotor -- ${[name, usage, '[--data DIR] [--json]'].filter(Boolean).join(' ')}`,
    '',
    '--data  a folder of TICKER_1D.parquet files; default: Rotor’s own',
  ].join('\n');
}

/** Errors in arguments, configuration or the disk; all others are bugs and must be shown in full. */
function isUsersFault(error: unknown): error is Error {
  if (error instanceof UsageError || error instanceof ConfigError) return true;
  if (error instanceof Error && 'syscall' in error) return true;
  if (error instanceof TradingError) return error.remedy === 'fix-config';
  return (
    error instanceof TypeError && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS')
  );
}
