import type { ChildProcess } from 'node:child_process';
import { EventEmitter } from 'node:events';
import { PassThrough } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { endsOrHangs, type Printing } from '../../scripts/breaks/run-tests.ts';

const HANG_MS = 60_000;

/** A process that prints when the test says so, and closes when it is killed. */
function createProcess(): Printing & { print(): void; close(): void } {
  const events = new EventEmitter();
  const stdout = new PassThrough();
  const once = ((name: string, heard: () => void) =>
    events.once(name, heard)) as ChildProcess['once'];
  const close = (): void => void events.emit('close');
  return {
    stdout,
    once,
    kill: () => {
      close();
      return true;
    },
    print: () => void stdout.emit('data', 'a test ended\n'),
    close,
  };
}

describe('break-test', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it('waits for a run of hours whose tests end one after the other', async () => {
    const child = createProcess();
    const hung = endsOrHangs(child, HANG_MS);
    for (let minute = 0; minute < 600; minute++) {
      vi.advanceTimersByTime(HANG_MS - 1);
      child.print();
    }
    child.close();
    expect(await hung).toBe(false);
  });

  it('ends a run in which no test ends any more', async () => {
    const child = createProcess();
    const hung = endsOrHangs(child, HANG_MS);
    child.print();
    vi.advanceTimersByTime(HANG_MS);
    expect(await hung).toBe(true);
  });
});
