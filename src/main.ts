/** Runs Rotor under its crash guard: whatever ends it, also a part that cannot be loaded, is told outside. */
import { readFileSync } from 'node:fs';
import { createCrashGuard } from '#ops/crash-loop.ts';
import { runUntilSignal } from '#ops/lifecycle.ts';

await runUntilSignal(async (lifecycle) => {
  const read = (path: string): string => readFileSync(path, 'utf8');
  const guard = createCrashGuard(lifecycle, process.env, read);
  const { runApp } = await import('./app.ts');
  await runApp(lifecycle, guard, read);
});
