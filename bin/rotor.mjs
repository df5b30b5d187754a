#!/usr/bin/env node
import './compile-cache.mjs';

const { commandOf } = await import('../src/cli/list.ts');
// The settings of `.env` are for commands; help stands without them.
if (commandOf(process.argv.slice(2))) await import('../src/env.ts');
await import('../src/cli.ts');
