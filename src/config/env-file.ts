/**
 * What is wrong with a file of settings, `.env` say, before its values count. Read line by line beside
 * Node's own parser, which passes over what it does not understand. No value is ever repeated.
 */
import { parseEnv } from 'node:util';
import { fileNameFault } from './names.ts';

/**
 * Under this name the faults of `.env` travel with the environment to where every fault is told: no
 * shell can set it.
 */
const FAULTS = '.env';

/** A file of settings as far as it can be read. */
export interface EnvFile {
  readonly values: Readonly<Record<string, string | undefined>>;
  readonly faults: readonly string[];
}

const ASSIGNMENT = /^\s*(?:export\s+)?([^\s=:'"`]+)\s*=\s*(.*)$/;
const COLON = /^\s*([A-Za-z][A-Za-z0-9_]*)\s*:/;
/** A name as a person writes one; anything else may be part of a secret. */
const NAME = /^\ufeff?[A-Za-z][A-Za-z_-]{0,39}\d{0,2}$/;
const QUOTES = ['"', "'", '`'];

/** Reads the content of a file called `name`. UTF-8, with or without a byte order mark. */
export function readEnvFile(name: string, content: Uint8Array): EnvFile {
  if (isWide(content)) {
    return { values: {}, faults: [`${name}: is UTF-16 text; save it as UTF-8`] };
  }
  const text = new TextDecoder().decode(content);
  const lines = assignmentsIn(text);
  const faults = [
    ...lines.flatMap(({ fault, line }) => (fault === undefined ? [] : `line ${line}: ${fault}`)),
    ...repeatedIn(lines),
  ];
  return { values: parseEnv(text), faults: faults.map((fault) => `${name}: ${fault}`) };
}

/** The environment with the file's values where it has none, and with what is wrong in the file. */
export function withEnvFile(
  env: Readonly<Record<string, string | undefined>>,
  { values, faults }: EnvFile,
): Record<string, string | undefined> {
  return { ...values, ...env, ...(faults.length > 0 && { [FAULTS]: faults.join('\n') }) };
}

/** The faults of the file that the environment was read from. */
export function fileFaultsIn(env: Readonly<Record<string, string | undefined>>): readonly string[] {
  return env[FAULTS]?.split('\n') ?? [];
}

/** Two bytes a letter: a mark of it, or zeros between the letters. */
function isWide(content: Uint8Array): boolean {
  const [first, second] = content;
  return (
    (first === 0xff && second === 0xfe) ||
    (first === 0xfe && second === 0xff) ||
    content.includes(0)
  );
}

interface Line {
  readonly line: number;
  readonly name?: string | undefined;
  readonly fault?: string | undefined;
}

function assignmentsIn(text: string): readonly Line[] {
  const found: Line[] = [];
  let quote: string | undefined;
  for (const [index, line] of text.split(/\r\n|\n|\r/).entries()) {
    if (quote !== undefined) {
      if (line.includes(quote)) quote = undefined;
      continue;
    }
    if (/^\s*(#|$)/.test(line)) continue;
    const [, name, value = ''] = ASSIGNMENT.exec(line) ?? [];
    quote = name === undefined ? undefined : openQuote(value);
    found.push({ line: index + 1, name, fault: faultIn(line, name) });
  }
  return found;
}

/** The quote that a value opens and does not close in its line. */
function openQuote(value: string): string | undefined {
  const quote = QUOTES.find((each) => value.startsWith(each));
  return quote !== undefined && value.indexOf(quote, 1) < 0 ? quote : undefined;
}

function faultIn(line: string, name: string | undefined): string | undefined {
  if (name === undefined) {
    const before = COLON.exec(line)?.[1];
    const word = before !== undefined && NAME.test(before) ? `${before}: ` : '';
    return `${word}expected NAME=value`;
  }
  return NAME.test(name) ? fileNameFault(name) : 'the name is not a variable of Rotor';
}

function repeatedIn(lines: readonly Line[]): readonly string[] {
  const named = lines.filter(({ name, fault }) => name !== undefined && fault === undefined);
  return [...Map.groupBy(named, ({ name }) => name)]
    .filter(([, all]) => all.length > 1)
    .map(
      ([name, all]) =>
        `${name}: is set in lines ${all.map(({ line }) => line).join(' and ')}; keep one`,
    );
}
