/** Stops Rotor when the npm that started it is gone, so that no invisible orphan remains. */
import { readFileSync } from 'node:fs';
import { createPacer } from '../time.ts';
import type { Lifecycle } from './lifecycle.ts';

const LOOK_MS = 2_000;
const SHELL = /^(sh|dash|ash|bash|busybox)$/;

/** Checks every two seconds whether the npm that started this process still runs. */
export function endWithNpm({ onShutdown, stop }: Lifecycle): void {
  const before = starters();
  // Started without a parent, so there is none to lose.
  if (before === '1') return;
  const check = (): void => {
    if (starters() !== before) stop('the npm that started it was killed');
  };
  onShutdown('parent', createPacer(LOOK_MS).every(check));
}

/** The id of the parent, and of npm itself if the parent is the shell of an npm script. */
function starters(): string {
  const parent = process.ppid;
  const status = statusOf(parent);
  const isShell = SHELL.test(/^Name:\t(.*)$/m.exec(status)?.[1] ?? '');
  const npm = isShell ? /^PPid:\t(\d+)$/m.exec(status)?.[1] : undefined;
  return npm === undefined ? String(parent) : `${parent} ${npm}`;
}

/** Process status on Linux; empty on other systems, where only the parent is known. */
function statusOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/status`, 'utf8');
  } catch {
    return '';
  }
}
