/** The offline commands: the same parts as in trading, but no Discord, no broker and no orders. */

import { prepareProcess, runCommandLine } from './cli/run.ts';

prepareProcess(process.env);

process.exitCode = await runCommandLine(process.argv.slice(2), {
  env: process.env,
  now: Date.now,
  nodeVersion: process.versions.node,
  print: (text) => console.log(text),
  complain: (text) => console.error(text),
});
