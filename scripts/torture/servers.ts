/** A loopback Alpaca and Discord in a process of their own, which outlives every Rotor. */
import { createSandbox } from '#sandbox/sandbox.ts';
import { sandboxConfig } from '#src/config.ts';

const sandbox = await createSandbox(sandboxConfig(process.env));
console.log(JSON.stringify({ environment: sandbox.environment, pageUrl: sandbox.pageUrl }));

async function end(): Promise<void> {
  await sandbox.close();
  process.exit(0);
}

process.on('SIGTERM', () => void end());
// Whoever started it is gone: nobody would ever end it.
process.stdin.on('end', () => void end()).resume();
