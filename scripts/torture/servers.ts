/** A loopback Alpaca and Discord in a separate process, which outlives every Rotor. */
import { UNLIMITED } from '#sandbox/discord/rate-limits.ts';
import { createSandbox } from '#sandbox/sandbox.ts';

// The market is so fast here that a month's messages would wait endlessly for Discord's limits. The verdict
// checks every message ever sent.
const messagesKept = Number.MAX_SAFE_INTEGER;
const sandbox = await createSandbox({
  bars: 'data/sample',
  stateDir: `${process.env['STATE_DIR']}/sandbox`,
  port: 0,
  speed: 'pause',
  rateLimits: UNLIMITED,
  messagesKept,
  outruns: true,
});
console.log(JSON.stringify({ environment: sandbox.environment, pageUrl: sandbox.pageUrl }));

async function end(): Promise<void> {
  await sandbox.close();
  process.exit(0);
}

process.on('SIGTERM', () => void end());
// The parent process is gone, so nothing else would end this one.
process.stdin.on('end', () => void end()).resume();
