/**
 * The image's health check: exits 0 while Rotor's process is alive, otherwise 1, within three seconds.
 * Docker does not restart a process that merely hangs, so one that accepts requests but has answered none
 * for two minutes is killed from here.
 */
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { get } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const LIMIT_MS = 2_500;
const HUNG_MS = 120_000;
const port = Number(process.env['HEALTH_PORT'] || '8080');
const memory = join(tmpdir(), `rotor-check-${port}.json`);

/**
 * The process that answered last, and since when there is no answer, in milliseconds since the machine
 * started.
 */
interface Known {
  readonly pid?: number;
  readonly since?: number;
}

function recall(): Known {
  try {
    return JSON.parse(readFileSync(memory, 'utf8')) as Known;
  } catch {
    // The first check since the container started.
    return {};
  }
}

/** The check also works if the file cannot be written. */
function note(known: Known): void {
  try {
    writeFileSync(memory, JSON.stringify(known));
  } catch (error) {
    process.stdout.write(`${String(error)}\n`);
  }
}

function say(text: string, code: number): void {
  process.stdout.write(`${text}\n`);
  process.exit(code);
}

function silent(): void {
  const text = `no answer on port ${port} within ${LIMIT_MS} ms`;
  const now = Number(process.hrtime.bigint() / 1_000_000n);
  const { pid, since = now } = recall();
  if (pid !== undefined && now - since >= HUNG_MS) {
    rmSync(memory);
    process.kill(pid, 'SIGKILL');
    say(`${text}; killed after ${Math.round((now - since) / 1_000)} s`, 1);
  }
  if (pid !== undefined) note({ pid, since });
  say(text, 1);
}

// node:http, not fetch: this runs next to Rotor twice a minute, within the same memory limit.
get({ host: '127.0.0.1', port, path: '/healthz' }, (answer) => {
  let body = '';
  answer.setEncoding('utf8').on('data', (chunk: string) => {
    body += chunk.slice(0, 500);
  });
  answer.on('end', () => {
    const pid = Number(answer.headers['rotor-pid']);
    note(pid > 0 ? { pid } : {});
    say(body.trim(), answer.statusCode === 200 ? 0 : 1);
  });
}).on('error', (error) => {
  rmSync(memory, { force: true });
  say(`no answer on port ${port}: ${error.message}`, 1);
});

setTimeout(silent, LIMIT_MS);
