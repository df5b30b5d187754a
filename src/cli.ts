/** The offline commands: the same parts as in trading, but no Discord, no broker and no orders. */

import { prepareProcess, runCommandLine } from './cli/run.ts';
import { errorCode } from './core/errors.ts';

prepareProcess(process.env);

// A reader that went away, as `head` does, has read what it wanted. Anything else loses the output.
process.stdout.on('error', (error: Error) => {
  if (errorCode(error) === 'EPIPE') return;
  console.error(`rotor: the output could not be written (${errorCode(error) ?? error.message})`);
  process.exitCode = 1;
});

const exit = await runCommandLine(process.argv.slice(2), {
  env: process.env,
  now: Date.now,
  nodeVersion: process.versions.node,
  print: (text) => void process.stdout.write(`${text}\n`),
  complain: (text) => console.error(text),
});
process.exitCode ||= exit;
