/** The offline commands: same parts as the desk, no Discord, no broker, no order. */

import { bypassProxyForLoopback } from '#ops/proxy.ts';
import { runCommandLine } from './cli/run.ts';

// Backups and exports are nobody else's to read.
process.umask(0o077);
bypassProxyForLoopback(process.env);

process.exitCode = await runCommandLine(process.argv.slice(2), {
  env: process.env,
  now: Date.now,
  nodeVersion: process.versions.node,
  print: (text) => console.log(text),
  complain: (text) => console.error(text),
});
