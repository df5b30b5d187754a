import { pino } from 'pino';
import type { Log } from '#core/ports.ts';
import type { LogConfig } from '#src/config/types.ts';

/**
 * pino, with one scrubber at the very end: whatever line is about to leave has every secret
 * replaced, wherever in it the secret stands.
 */
export function createLog(
  config: LogConfig,
  secrets: readonly string[],
  write: (line: string) => void = (line) => void process.stdout.write(line),
): Log {
  const scrub = createScrubber(secrets);
  const render = config.format === 'plain' ? plain : asciiControls;
  const sink = pino(
    { level: config.level, base: null, timestamp: pino.stdTimeFunctions.isoTime },
    { write: (line: string) => write(scrub(render(line))) },
  );
  return {
    info: (text, fields) => sink.info(fields ?? {}, text),
    warn: (text, fields) => sink.warn(fields ?? {}, text),
    error: (text, fields) => sink.error(fields ?? {}, text),
  };
}

/** Takes the secrets out of a text, wherever in it they stand. */
export function createScrubber(secrets: readonly string[]): (text: string) => string {
  const hidden = secrets.filter((secret) => secret.length >= 4);
  return (line) => hidden.reduce((text, secret) => text.replaceAll(secret, '[secret]'), line);
}

/**
 * `rotor: text`, with the level when it is not plain information, in one line whatever the text holds.
 * What an error knew, and the words of a message, follow indented: they never pass for a line of its own.
 */
function plain(line: string): string {
  const { level, msg, error, text } = JSON.parse(line);
  const word = level >= 50 ? ' error:' : level >= 40 ? ' warning:' : '';
  const more = [error, text].flatMap((each) => (typeof each === 'string' ? each.split('\n') : []));
  const indented = more.map((each) => `\n  ${visible(each)}`);
  return `rotor:${word} ${visible(String(msg))}${indented.join('')}\n`;
}

/** JSON leaves the upper controls and line separators as they are; they stand only within its texts. */
function asciiControls(line: string): string {
  return `${visible(line.trimEnd())}\n`;
}

/** Line ends, escape codes and what turns the direction of writing, as their codes. */
function visible(text: string): string {
  return text.replace(/[\p{Cc}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069]/gu, (found) => {
    return found === '\t' ? ' ' : `\\u${found.charCodeAt(0).toString(16).padStart(4, '0')}`;
  });
}
