/** Runs the desk under guard: whatever ends it, also a part that cannot be loaded, is told outside. */
import { readFileSync } from 'node:fs';
import { createGuard } from './guard.ts';
import { runUntilSignal } from './life.ts';

await runUntilSignal(async (life) => {
  const read = (path: string): string => readFileSync(path, 'utf8');
  const guard = createGuard(life, process.env, read);
  const { runDesk } = await import('./desk.ts');
  await runDesk(life, guard, read);
});
