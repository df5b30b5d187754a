/**
 * Runs Rotor under its crash guard, which reports whatever ends the process, including a module that cannot
 * be loaded.
 */
import { readFileSync } from 'node:fs';
import { runUntilSignal } from '#ops/lifecycle.ts';
import { bypassProxyForLoopback } from '#ops/proxy.ts';
import { loadPlainly } from '#ops/resolve.ts';

// Other users must not read the journal, backups and exports.
process.umask(0o077);
bypassProxyForLoopback(process.env);

await runUntilSignal(async (lifecycle) => {
  const read = (path: string): string => readFileSync(path, 'utf8');
  // Not imported statically: modules found before `resolve.ts` has run are found the slow way.
  const { createCrashGuard } = await import('#ops/crash-loop.ts');
  const guard = createCrashGuard(lifecycle, process.env, read);
  await loadPlainly(() => import('discord.js'));
  const { runApp } = await import('./app.ts');
  await runApp(lifecycle, guard, { env: process.env, read });
});
