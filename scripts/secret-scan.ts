/** `npm run secrets`: searches the tree and its whole history for secrets. Exit 1 if there are any. */
import { join } from 'node:path';
import { ALLOWED } from './secrets/allowed.ts';
import { leaksIn } from './secrets/scan.ts';

/** Enough to find it, too little to use it. */
const SHOWN = 4;

const leaks = leaksIn(join(import.meta.dirname, '..'), new Set(ALLOWED));
for (const { where, line, kind, value } of leaks) {
  console.error(
    `${where}:${line}: ${kind}, ${value.slice(0, SHOWN)}… (${value.length} characters)`,
  );
}
console.log(`secrets: ${leaks.length} in the tree and its history`);
if (leaks.length > 0) process.exitCode = 1;
