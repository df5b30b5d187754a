/** A desk that npm started ends when its npm is gone, and leaves no orphan that nobody sees. */
import { readFileSync } from 'node:fs';
import { createPacer } from '../time.ts';
import type { Lifecycle } from './lifecycle.ts';

const LOOK_MS = 2_000;
const SHELL = /^(sh|dash|ash|bash|busybox)$/;

/** Looks every two seconds whether the npm that started this process still runs. */
export function endWithNpm({ onShutdown, stop }: Lifecycle): void {
  const before = starters();
  // Whoever began without a parent cannot lose it.
  if (before === '1') return;
  const check = (): void => {
    if (starters() !== before) stop('the npm that started it was killed');
  };
  onShutdown('parent', createPacer(LOOK_MS).every(check));
}

/** The ids of the parent and, when that is the shell in which npm runs a script, of npm itself. */
function starters(): string {
  const parent = process.ppid;
  const status = statusOf(parent);
  const isShell = SHELL.test(/^Name:\t(.*)$/m.exec(status)?.[1] ?? '');
  const npm = isShell ? /^PPid:\t(\d+)$/m.exec(status)?.[1] : undefined;
  return npm === undefined ? String(parent) : `${parent} ${npm}`;
}

/** As Linux tells it; empty on other systems, where only the parent can be known. */
function statusOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/status`, 'utf8');
  } catch {
    return '';
  }
}
