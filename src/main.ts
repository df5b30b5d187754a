/** Runs the desk under guard: whatever ends it, also a part that cannot be loaded, is told outside. */
import { readFileSync } from 'node:fs';
import { runUntilSignal } from '#ops/lifecycle.ts';
import { createGuard } from './guard.ts';

await runUntilSignal(async (life) => {
  const read = (path: string): string => readFileSync(path, 'utf8');
  const guard = createGuard(life, process.env, read);
  const { runDesk } = await import('./app.ts');
  await runDesk(life, guard, read);
});
