/** A part that cannot be loaded: the process never got to its own log, and somebody hears of it. */
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { startProgram } from '#tests/support/process.ts';

/** As a native module that this machine's system libraries are too old for. */
const BROKEN = `data:text/javascript,
import { registerHooks } from 'node:module';
registerHooks({
  resolve(name, context, next) {
    if (name === 'better-sqlite3') throw new Error('GLIBC_2.99 not found');
    return next(name, context);
  },
});`.replaceAll('\n', ' ');

it('is reported outside Discord before the process ends', async () => {
  const heard: string[] = [];
  const outside = createServer((request, answer) => {
    request.setEncoding('utf8').on('data', (text: string) => void heard.push(text));
    request.on('end', () => answer.writeHead(204).end());
  });
  await once(outside.listen(0, '127.0.0.1'), 'listening');
  const folder = mkdtempSync(join(tmpdir(), 'rotor-broken-'));
  const program = startProgram('src/main.ts', {
    STATE_DIR: folder,
    NODE_OPTIONS: `--import=${encodeURI(BROKEN)}`,
    SUPERVISOR_WEBHOOK_URL: `http://127.0.0.1:${(outside.address() as AddressInfo).port}/hook`,
  });
  expect(await program.ended, program.output()).toBe(1);
  outside.close();
  rmSync(folder, { recursive: true });
  expect(program.output()).toContain('GLIBC_2.99 not found');
  expect(heard).toEqual([
    expect.stringContaining('Rotor ended with 1: Error: GLIBC_2.99 not found'),
  ]);
});
