/** Runs Rotor under its crash guard: whatever ends it, also a part that cannot be loaded, is told outside. */
import { readFileSync } from 'node:fs';
import { createCrashGuard } from '#ops/crash-loop.ts';
import { runUntilSignal } from '#ops/lifecycle.ts';
import { bypassProxyForLoopback } from '#ops/proxy.ts';

// Journal, backups and exports are nobody else's to read.
process.umask(0o077);
bypassProxyForLoopback(process.env);

await runUntilSignal(async (lifecycle) => {
  const read = (path: string): string => readFileSync(path, 'utf8');
  const guard = createCrashGuard(lifecycle, process.env, read);
  const { runApp } = await import('./app.ts');
  await runApp(lifecycle, guard, { env: process.env, read });
});
