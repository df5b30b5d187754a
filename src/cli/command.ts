import type { ParseArgsConfig } from 'node:util';

/** As in `process.env`. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** External dependencies of an offline command. */
export interface CliParts {
  readonly env: Environment;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly nodeVersion: string;
  /** To standard output, followed by a newline. */
  readonly print: (text: string) => void;
  /** To standard error, followed by a newline. */
  readonly complain: (text: string) => void;
}

/** Values as returned by parseArgs of `node:util`. */
export type OptionValues = Readonly<
  Record<string, string | boolean | (string | boolean)[] | undefined>
>;

/** Result of a command. */
export interface Result {
  readonly exit: number;
  /** For `--json`. */
  readonly json: unknown;
  /** For people. */
  readonly text: string;
  /** Remarks for standard error, in both output formats. */
  readonly remarks: readonly string[];
}

/** A terminal command; list.ts has its name. */
export interface Command {
  /** Arguments after the name, without the common options. */
  readonly usage: string;
  readonly options: NonNullable<ParseArgsConfig['options']>;
  run(values: OptionValues, parts: CliParts): Promise<Result>;
}

/** Invalid arguments: the message names the option, what was expected and what was found. */
export class UsageError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'UsageError';
  }
}
