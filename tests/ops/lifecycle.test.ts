/** Exit codes, by a process that really ends. */
import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';

const ROOT = new URL('../..', import.meta.url);

function scriptOf(start: string): string {
  return `
    import { EXIT, runUntilSignal } from '#ops/lifecycle.ts';
    import { OccupiedError, TradingError } from '#core/errors.ts';
    await runUntilSignal(async (life) => { ${start} });`;
}

/** Runs the life of a process whose start is that text; gives its code and last words. */
function lifeOf(start: string): { readonly code: number | null; readonly words: string } {
  const args = ['--input-type=module', '-e', scriptOf(start)];
  const { status, stderr } = spawnSync(process.execPath, args, { cwd: ROOT, encoding: 'utf8' });
  return { code: status, words: stderr };
}

describe('the exit code', () => {
  it.each([
    ['Discord permanently refuses', "life.fail('wrong token', EXIT.discord);", 4, 'wrong token'],
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

  it('is 5 if another Rotor has the journal', () => {
    const start = "throw new OccupiedError('lease: another Rotor runs', 'fix-config');";
    expect(lifeOf(start)).toMatchObject({ code: 5 });
  });

  it('comes in time: what hangs is cut off and named, and the next is closed', () => {
    const start = `
      life.onShutdown('first', () => process.stderr.write('first closed '));
      life.onShutdown('second', () => new Promise(() => {}), 100);
      setTimeout(() => process.kill(process.pid, 'SIGTERM'), 10);
      setInterval(() => {}, 1000);`;
    const { code, words } = lifeOf(start);
    expect(code).toBe(0);
    expect(words).toMatch(/closing second: not done within 100 ms\n?[\s\S]*first closed/);
  });

  it.each(['SIGHUP', 'SIGTERM', 'SIGINT'])('is 0 after %s, and everything is closed', (signal) => {
    const start = `
      life.onShutdown('first', () => process.stderr.write('first closed '));
      setTimeout(() => process.kill(process.pid, '${signal}'), 10);
      setInterval(() => {}, 1000);`;
    expect(lifeOf(start)).toMatchObject({
      code: 0,
      words: expect.stringContaining('first closed'),
    });
  });

  it('is 0 after two signals at once, as a closed terminal and a killed npm send them', () => {
    const start = `
      life.onShutdown('slow', () => new Promise((done) => setTimeout(done, 100)));
      setTimeout(() => ['SIGHUP', 'SIGTERM', 'SIGHUP'].map((s) => process.kill(process.pid, s)), 10);
      setInterval(() => {}, 1000);`;
    expect(lifeOf(start)).toMatchObject({ code: 0 });
  });

  it('follows an orderly shutdown when the reader of the output is gone', () => {
    const start = `
      const timer = setInterval(() => console.log('a line'.repeat(1000)), 1);
      life.onShutdown('log', () => clearInterval(timer));
      life.onShutdown('first', () => process.stderr.write('first closed '));
      setTimeout(() => process.kill(process.pid, 'SIGINT'), 300);`;
    const { status, stderr } = spawnSync(
      'bash',
      [
        '-o',
        'pipefail',
        '-c',
        '"$0" --input-type=module -e "$1" | head -c 10',
        process.execPath,
        scriptOf(start),
      ],
      { cwd: ROOT, encoding: 'utf8' },
    );
    expect(stderr).toBe('first closed ');
    expect(status).toBe(0);
  });

  it('stays the same when something fails during shutdown', () => {
    const start = `
      life.onShutdown('late', () => new Promise((done) => setTimeout(done, 200)));
      setTimeout(() => process.kill(process.pid, 'SIGTERM'), 10);
      setTimeout(() => { throw new Error('after the end'); }, 100);`;
    expect(lifeOf(start)).toMatchObject({ code: 0 });
  });

  it('is preceded by the error’s message', () => {
    const start = `
      life.beforeShutdown(({ code, why }) => process.stderr.write('told ' + code + ' ' + why + ' '));
      life.onShutdown('first', () => process.stderr.write('first closed '));
      life.fail('over', EXIT.discord);`;
    expect(lifeOf(start).words).toMatch(/told 4 over first closed/);
  });

  it('is reported after everything was closed in reverse order', () => {
    const start = `
      life.onShutdown('first', () => process.stderr.write('first closed '));
      life.onShutdown('second', () => process.stderr.write('second closed '));
      life.fail('over', EXIT.discord);`;
    expect(lifeOf(start)).toMatchObject({ code: 4 });
    expect(lifeOf(start).words).toMatch(/over[\s\S]*second closed first closed/);
  });
});
