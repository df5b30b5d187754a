import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type CrashLoop, openCrashLoop, startRecord, WINDOW_MS } from '#ops/crash-loop.ts';
import { createAtomicJsonFile } from '#ops/json-file.ts';

const MINUTE_MS = 60_000;
let folder = '';
let now = 0;
let reports: string[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'rotor-starts-'));
  now = Date.parse('2026-11-23T14:00:00Z');
  reports = [];
});

afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

function start(build = 'one', limit = 5): CrashLoop {
  now += 1_000;
  const file = createAtomicJsonFile(join(folder, 'starts.json'), startRecord, (text) =>
    reports.push(text),
  );
  return openCrashLoop({ file, now: () => now, build, limit });
}

function crash(times: number, build = 'one'): void {
  for (let run = 0; run < times; run++) start(build);
}

describe('repeated crashes', () => {
  it('end in safe mode: the start after five crashes in ten minutes', () => {
    crash(4);
    expect(start().safeModeReason()).toBeUndefined();
    expect(start().safeModeReason()).toMatch(/^5 crashes in ten minutes, the last: it was killed/);
  });

  it('are reported with the error of the last one', () => {
    crash(4);
    start().failed('SqliteError: database or disk is full\nat somewhere');
    const safe = start();
    expect(safe.safeModeReason()).toContain(
      'the last: SqliteError: database or disk is full. Nothing trades',
    );
    expect(safe.safeModeReason()).toContain('/resume');
  });

  it('do not include orderly stops, however many there are', () => {
    for (let run = 0; run < 20; run++) start().ended();
    expect(start().safeModeReason()).toBeUndefined();
  });

  it('do not include crashes more than ten minutes ago', () => {
    crash(4);
    now += WINDOW_MS;
    crash(1);
    expect(start().safeModeReason()).toBeUndefined();
  });

  it('include one of exactly ten minutes ago, and none from before the clock was set back', () => {
    const instant = now;
    const after = (ms: number) => {
      now = instant;
      crash(1, `after ${ms}`);
      now = instant + ms;
      return start(`after ${ms}`, 1).safeModeReason() !== undefined;
    };
    expect([WINDOW_MS, WINDOW_MS + 1, -60 * MINUTE_MS].map(after)).toEqual([true, false, false]);
  });

  it('never start safe mode if the limit is 0', () => {
    for (let run = 0; run < 30; run++) start('one', 0);
    expect(start('one', 0).safeModeReason()).toBeUndefined();
  });
});

describe('a start without an end', () => {
  it('counts as a kill at the next exclusive start, and is reported once', () => {
    crash(1);
    const next = start();
    expect([next.markPreviousKilled(), next.markPreviousKilled()]).toEqual([true, false]);
    next.ended();
    expect(start().markPreviousKilled()).toBe(false);
  });

  it('is noticed although the next start happens at the same instant of the clock', () => {
    const earlier = start();
    now -= 1_000;
    const next = start();
    expect(next.markPreviousKilled()).toBe(true);
    earlier.ended();
    expect(next.markPreviousKilled()).toBe(false);
  });

  it('is noticed of an older version, which wrote no id', () => {
    const starts = [{ at: now, build: 'one', end: 'running' }];
    writeFileSync(join(folder, 'starts.json'), JSON.stringify({ starts }));
    expect(start().markPreviousKilled()).toBe(true);
  });

  it('is written down as killed, and nothing else is', () => {
    start().ended();
    start();
    start().markPreviousKilled();
    const { starts } = startRecord.parse(
      JSON.parse(readFileSync(join(folder, 'starts.json'), 'utf8')),
    );
    expect(starts.map(({ end }) => end)).toEqual(['ended', 'killed', 'running']);
  });

  it('is not assumed of a process that recorded its error or ended normally', () => {
    start().ended();
    start().failed('a fault');
    expect(start().markPreviousKilled()).toBe(false);
  });

  it('still counts as a crash after it was reported', () => {
    for (let run = 0; run < 5; run++) start().markPreviousKilled();
    expect(start().safeModeReason()).toMatch(/^5 crashes in ten minutes, the last: it was killed/);
  });
});

describe('safe mode', () => {
  it('does not end by itself: not after an orderly stop, not after an hour', () => {
    crash(5);
    start().ended();
    now += 60 * MINUTE_MS;
    const later = start();
    expect(later.safeModeReason()).toContain('5 crashes');
    later.ended();
    expect(start().safeModeReason()).toContain('5 crashes');
  });

  it('ends when a person says so, and earlier crashes are forgotten', () => {
    crash(5);
    const safe = start();
    safe.leaveSafeMode();
    expect(safe.safeModeReason()).toBeUndefined();
    expect(start().safeModeReason()).toBeUndefined();
  });

  it('keeps the reason it began with, however often Rotor crashes after that', () => {
    crash(5);
    crash(3);
    expect(start().safeModeReason()).toContain('5 crashes');
  });

  it('starts again after further crashes', () => {
    crash(5);
    start().leaveSafeMode();
    crash(4);
    expect(start().safeModeReason()).toContain('5 crashes');
  });

  it('does not carry over to another version, so that a rollback stays possible', () => {
    crash(6, 'new');
    expect(start('old').safeModeReason()).toBeUndefined();
    expect(start('old').safeModeReason()).toBeUndefined();
  });

  it('lasts as long as the process if its cause is in the process, whatever a person says', () => {
    const safe = start();
    safe.enterSafeMode('journal: cannot be used');
    safe.leaveSafeMode();
    expect(safe.safeModeReason()).toBe('journal: cannot be used');
    expect(start().safeModeReason()).toBeUndefined();
  });
});

describe('the file of starts', () => {
  it('is reported and started over when it is damaged', () => {
    writeFileSync(join(folder, 'starts.json'), '{"starts":[{"at":');
    expect(start().safeModeReason()).toBeUndefined();
    expect(reports.join()).toContain('cannot be read');
    expect(JSON.parse(readFileSync(join(folder, 'starts.json'), 'utf8')).starts).toHaveLength(1);
  });

  it('that cannot be written blocks nothing', () => {
    writeFileSync(join(folder, 'a-file'), '');
    const path = join(folder, 'a-file', 'starts.json');
    const file = createAtomicJsonFile(path, startRecord, (text) => reports.push(text));
    const starts = openCrashLoop({ file, now: () => now, build: 'one', limit: 5 });
    starts.ended();
    expect([starts.safeModeReason(), starts.markPreviousKilled()]).toEqual([undefined, false]);
    expect(reports.join()).toMatch(/cannot be written/);
  });

  it('stays small', () => {
    crash(200);
    expect(readFileSync(join(folder, 'starts.json'), 'utf8').length).toBeLessThan(6_000);
  });

  it('keeps the entry of a Rotor started while this one was suspended', () => {
    const paused = start();
    start();
    paused.ended();
    const { starts } = startRecord.parse(
      JSON.parse(readFileSync(join(folder, 'starts.json'), 'utf8')),
    );
    expect(starts.map(({ end }) => end).sort()).toEqual(['ended', 'running']);
  });
});
