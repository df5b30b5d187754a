#!/usr/bin/env node
import './compile-cache.mjs';

const { commandOf } = await import('../src/cli/list.ts');
// Only commands need the settings of `.env`, and load enough for quick imports to pay.
if (commandOf(process.argv.slice(2))) {
  await import('../src/ops/resolve.ts');
  await import('../src/env.ts');
}
await import('../src/cli.ts');
