import { pino } from 'pino';
import type { Log } from '#core/ports.ts';
import type { LogConfig } from '#src/config.ts';

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
  const render = config.format === 'plain' ? plain : (line: string): string => line;
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

/** `rotor: text`, with the level when it is not plain information; what an error knew follows. */
function plain(line: string): string {
  const { level, msg, error } = JSON.parse(line);
  const word = level >= 50 ? ' error:' : level >= 40 ? ' warning:' : '';
  return `rotor:${word} ${msg}${typeof error === 'string' ? `\n${error}` : ''}\n`;
}
