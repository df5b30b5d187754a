import type { ParseArgsConfig } from 'node:util';

/** As `process.env` gives it. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** What an offline command needs from outside. */
export interface CliParts {
  readonly env: Environment;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly nodeVersion: string;
  /** To standard output, a line end added. */
  readonly print: (text: string) => void;
  /** To standard error, a line end added. */
  readonly complain: (text: string) => void;
}

/** Values as `node:util` parseArgs leaves them. */
export type OptionValues = Readonly<
  Record<string, string | boolean | (string | boolean)[] | undefined>
>;

/** What a command came to. */
export interface Result {
  readonly exit: number;
  /** For `--json`. */
  readonly json: unknown;
  /** For people. */
  readonly text: string;
  /** Remarks for standard error, in either form of output. */
  readonly remarks: readonly string[];
}

/** One command of the terminal; list.ts has its name. */
export interface Command {
  /** Behind the name, without the options that every command has. */
  readonly usage: string;
  readonly options: NonNullable<ParseArgsConfig['options']>;
  run(values: OptionValues, parts: CliParts): Promise<Result>;
}

/** Bad arguments: the message names the option, what was expected and what was found. */
export class UsageError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'UsageError';
  }
}
