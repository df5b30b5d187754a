/**
 * Checks a settings file such as `.env` before its values are used. Reads it line by line in addition to
 * Node's own parser, which silently skips what it does not understand. Values are never repeated.
 */
import { parseEnv } from 'node:util';
import { fileNameFault } from './names.ts';

/**
 * Under this name the errors of `.env` are passed along with the environment to where all errors are
 * reported: no shell can set it.
 */
const FAULTS = '.env';

/** A settings file as far as it can be read. */
export interface EnvFile {
  readonly values: Readonly<Record<string, string | undefined>>;
  readonly faults: readonly string[];
}

// The parser accepts spaces after `export`, but no tab.
const ASSIGNMENT = /^\s*(?:export +)?([^\s=:'"`]+)\s*=(.*)$/;
const COLON = /^\s*([A-Za-z][A-Za-z0-9_]*)\s*:/;
/** A name as a person writes one; anything else could be part of a secret. */
const NAME = /^\ufeff?[A-Za-z][A-Za-z_-]{0,39}\d{0,2}$/;
const QUOTES = ['"', "'", '`'];
/** Looks like the end of a line but is none to the parser: anything after it would be lost. */
const ODD_LINE_END = /[\r\v\f\u0085\u2028\u2029]/;
/** The parser would continue a value of blanks alone with the next line, and lose that line's variable. */
const BLANK_VALUE = /=[ \t]+(?=\r?$)/gm;
/** Invisible characters, and whitespace that the parser does not treat as such. */
const INVISIBLE = /[^\S \t]|[\p{Cc}\p{Cf}]/u;

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
  return {
    values: parseEnv(text.replaceAll(BLANK_VALUE, '=')),
    faults: faults.map((fault) => `${name}: ${fault}`),
  };
}

/** The environment, completed with the file's values and the errors found in the file. */
export function withEnvFile(
  env: Readonly<Record<string, string | undefined>>,
  { values, faults }: EnvFile,
): Record<string, string | undefined> {
  return { ...values, ...env, ...(faults.length > 0 && { [FAULTS]: faults.join('\n') }) };
}

/** Errors in the file that the environment was read from. */
export function fileFaultsIn(env: Readonly<Record<string, string | undefined>>): readonly string[] {
  return env[FAULTS]?.split('\n') ?? [];
}

/** The environment without the file's errors, once they have been reported. */
export function withoutFileFaults<T extends Readonly<Record<string, string | undefined>>>(
  env: T,
): T {
  return { ...env, [FAULTS]: undefined };
}

/** UTF-16: has its byte order mark, or zeros between the letters. */
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
  return text.split(/\r?\n/).flatMap((line, index) => {
    const fault = characterFaultIn(line);
    if (fault === undefined && isRemark(line)) return [];
    const [, name, value = ''] = ASSIGNMENT.exec(line) ?? [];
    const own = fault ?? faultIn(line, name) ?? valueFaultIn(name, value);
    return [{ line: index + 1, name, fault: own }];
  });
}

function isRemark(line: string): boolean {
  return /^\s*(#|$)/.test(line);
}

/** An invisible character, or one saved in another encoding. */
function characterFaultIn(line: string): string | undefined {
  if (ODD_LINE_END.test(line)) return 'contains an odd line ending; end lines with LF';
  if (isRemark(line)) return undefined;
  const visible = line.replaceAll('\t', ' ');
  if (INVISIBLE.test(visible)) return 'contains an invisible character; retype the line';
  return line.includes('\ufffd') ? 'is not UTF-8 text; save the file as UTF-8' : undefined;
}

/** A value that the parser would silently cut off or continue over several lines. */
function valueFaultIn(name: string | undefined, raw: string): string | undefined {
  const value = raw.trim();
  const quote = QUOTES.find((each) => value.startsWith(each));
  const fault = quote === undefined ? bareFaultIn(raw) : quotedFaultIn(value, quote);
  return fault && `${name ?? 'a line without a name'}: ${fault}`;
}

function bareFaultIn(raw: string): string | undefined {
  if (/(^|\S)#/.test(raw))
    return 'a # starts a comment; put the value in quotes, or a space before the #';
  return /^\s*\p{Quotation_Mark}/u.test(raw) ? 'expected straight quotes or none' : undefined;
}

function quotedFaultIn(value: string, quote: string): string | undefined {
  const end = value.indexOf(quote, 1);
  if (end < 0) return 'its quote is not closed on the same line';
  return /^(\s*$|\s+#)/.test(value.slice(end + 1))
    ? undefined
    : 'there is text after its closing quote';
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
        `${name ?? ''}: is set in lines ${all.map(({ line }) => line).join(' and ')}; keep one`,
    );
}
