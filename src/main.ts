/**
 * Runs Rotor under its crash guard, which reports whatever ends the process, including a module that cannot
 * be loaded.
 */
import { readFileSync } from 'node:fs';
import { createCrashGuard } from '#ops/crash-loop.ts';
import { runUntilSignal } from '#ops/lifecycle.ts';
import { bypassProxyForLoopback } from '#ops/proxy.ts';
import '#ops/resolve.ts';

// Other users must not read the journal, backups and exports.
process.umask(0o077);
bypassProxyForLoopback(process.env);

await runUntilSignal(async (lifecycle) => {
  const read = (path: string): string => readFileSync(path, 'utf8');
  const guard = createCrashGuard(lifecycle, process.env, read);
  const { runApp } = await import('./app.ts');
  await runApp(lifecycle, guard, { env: process.env, read });
});
