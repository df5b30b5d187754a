/** Exit codes, by a process that really ends. */
import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';

/** Runs the life of a process whose start is that text; gives its code and last words. */
function lifeOf(start: string): { readonly code: number | null; readonly words: string } {
  const script = `
    import { EXIT, runUntilSignal } from '#src/life.ts';
    import { TradingError } from '#core/errors.ts';
    await runUntilSignal(async (life) => { ${start} });`;
  const { status, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', script], {
    cwd: new URL('..', import.meta.url),
    encoding: 'utf8',
  });
  return { code: status, words: stderr };
}

describe('the exit code', () => {
  it.each([
    ['Discord refuses for good', "life.fail('wrong token', EXIT.discord);", 4, 'wrong token'],
    [
      'wrong configuration',
      "throw new TradingError('no such account', 'fix-config');",
      2,
      'no such',
    ],
    ['anything else', "throw new Error('out of memory');", 1, 'out of memory'],
  ])('%s', (_name, start, code, words) => {
    const ended = lifeOf(start);
    expect(ended.code).toBe(code);
    expect(ended.words).toContain(words);
  });

  it('is said after everything was closed, the last first', () => {
    const start = `
      life.onEnd('first', () => process.stderr.write('first closed '));
      life.onEnd('second', () => process.stderr.write('second closed '));
      life.fail('over', EXIT.discord);`;
    expect(lifeOf(start)).toMatchObject({ code: 4 });
    expect(lifeOf(start).words).toMatch(/over[\s\S]*second closed first closed/);
  });
});
