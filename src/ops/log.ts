import { pino } from 'pino';
import type { Log } from '#core/ports.ts';
import type { LogConfig } from '#src/config/types.ts';

/**
 * pino with a scrubber at the very end: every secret in an outgoing line is replaced, wherever it occurs.
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

/** Removes the secrets from a text, wherever they occur. */
export function createScrubber(secrets: readonly string[]): (text: string) => string {
  const hidden = secrets.filter((secret) => secret.length >= 4);
  return (line) => hidden.reduce((text, secret) => text.replaceAll(secret, '[secret]'), line);
}

/**
 * `rotor: text`, with the level unless it is plain information, always in one line. Details of an error and
 * the text of a message follow indented, so they cannot pass for log lines of their own.
 */
function plain(line: string): string {
  const { level, msg, error, text } = JSON.parse(line);
  const word = level >= 50 ? ' error:' : level >= 40 ? ' warning:' : '';
  const more = [error, text].flatMap((each) => (typeof each === 'string' ? each.split('\n') : []));
  const indented = more.map((each) => `\n  ${visible(each)}`);
  return `rotor:${word} ${visible(String(msg))}${indented.join('')}\n`;
}

/** JSON leaves C1 controls and line separators unescaped; they occur only within its strings. */
function asciiControls(line: string): string {
  return `${visible(line.trimEnd())}\n`;
}

/** Shows line ends, escape codes and bidirectional marks as their codes. */
function visible(text: string): string {
  return text.replace(/[\p{Cc}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069]/gu, (found) => {
    return found === '\t' ? ' ' : `\\u${found.charCodeAt(0).toString(16).padStart(4, '0')}`;
  });
}
