#!/usr/bin/env node
// An older Node cannot read TypeScript: the one that `npm ci` installed does the work then.
if (process.features.typescript) {
  await import('./compile-cache.mjs');

  const { commandOf } = await import('../src/cli/list.ts');
  // Only commands need the settings of `.env`, and load enough for quick imports to pay.
  if (commandOf(process.argv.slice(2))) {
    await import('../src/ops/resolve.ts');
    await import('../src/env.ts');
  }
  await import('../src/cli.ts');
} else {
  const { spawnSync } = await import('node:child_process');
  const { fileURLToPath } = await import('node:url');
  const installed = fileURLToPath(new URL('../node_modules/.bin/node', import.meta.url));
  const ran = spawnSync(installed, process.argv.slice(1), { stdio: 'inherit' });
  if (ran.error) {
    const found = `expected Node 24 in ${installed}; found ${process.version} only`;
    process.stderr.write(`rotor: ${found}. Remedy: npm ci\n`);
  }
  process.exitCode = ran.status ?? 1;
}
