/** The image's health check: 0 while the desk's process lives, else 1, within three seconds. */
import { get } from 'node:http';

const LIMIT_MS = 2_500;
const port = Number(process.env['HEALTH_PORT'] || '8080');

function say(text: string, code: number): void {
  process.stdout.write(`${text}\n`);
  process.exit(code);
}

// node:http, not fetch: this runs beside the desk twice a minute, in the same memory.
get({ host: '127.0.0.1', port, path: '/healthz', timeout: LIMIT_MS }, (answer) => {
  let body = '';
  answer.setEncoding('utf8').on('data', (chunk: string) => {
    body += chunk.slice(0, 500);
  });
  answer.on('end', () => say(body.trim(), answer.statusCode === 200 ? 0 : 1));
}).on('error', (error) => say(`no answer on port ${port}: ${error.message}`, 1));

setTimeout(() => say(`no answer on port ${port} within ${LIMIT_MS} ms`, 1), LIMIT_MS);
