import { describe, expect, it } from 'vitest';
import { createLog } from '#ops/log.ts';

function linesOf(format: 'plain' | 'json', text: string, error?: string): string {
  const out: string[] = [];
  const log = createLog({ level: 'info', format }, ['canary-secret'], (line) => out.push(line));
  log.warn(text, error === undefined ? undefined : { error });
  return out.join('');
}

describe('a log line', () => {
  it.each([
    ['a line end', 'halted: x\nrotor: trading state RUN by ada'],
    ['a carriage return', 'halted: x\rrotor: trading state RUN by ada'],
    ['a line separator', 'halted: x\u2028rotor: trading state RUN by ada'],
    ['an escape code', 'halted: \u001b[2K\u001b[1Grotor: all is well'],
    ['a next line of C1', 'halted: \u0085rotor: all is well \u009b2J'],
    ['a turned direction', 'halted: \u202erotor'],
  ])('stays one line with %s in its text', (_name, text) => {
    const line = linesOf('plain', text);
    expect(line.trimEnd()).toMatch(/^rotor: warning: halted: [\x20-\x7e]+$/);
    expect(line.match(/\n/g)).toHaveLength(1);
    const json = linesOf('json', text);
    expect(json).toMatch(/^[\x20-\x7e]+\n$/);
    expect(JSON.parse(json).msg).toBe(text);
  });

  it('holds the words of a message that Discord refused, indented', () => {
    const out: string[] = [];
    const config = { level: 'info', format: 'plain' } as const;
    createLog(config, [], (line) => out.push(line)).error('plan: refused', {
      text: 'one\ntwo\u0007',
    });
    expect(out.join('')).toBe('rotor: error: plan: refused\n  one\n  two\\u0007\n');
  });

  it('indents every line of an error and contains no secret', () => {
    const text = linesOf('plain', 'failed', 'Error: canary-secret\nrotor: all is well\u001b[2K');
    expect(text).toBe(
      'rotor: warning: failed\n  Error: [secret]\n  rotor: all is well\\u001b[2K\n',
    );
  });
});
