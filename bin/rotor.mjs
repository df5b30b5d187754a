#!/usr/bin/env node
// Plain JavaScript: Node keeps the compiled form of what is loaded after it was told where.
import { enableCompileCache } from 'node:module';

enableCompileCache(new URL('../node_modules/.cache/rotor', import.meta.url).pathname);
const { commandOf } = await import('../src/cli/list.ts');
// The settings of `.env` are for commands; help stands without them.
if (commandOf(process.argv.slice(2))) await import('../src/env.ts');
await import('../src/cli.ts');
