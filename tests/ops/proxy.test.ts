import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bypassProxyForLoopback } from '#ops/proxy.ts';

const server = createServer((_request, reply) => reply.end('direct'));

beforeAll(async () => {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
});
afterAll(() => server.close());

describe('a proxy from the environment', () => {
  it.each(['HTTP_PROXY', 'https_proxy', 'ALL_PROXY'])('%s excludes this machine', (name) => {
    const env: NodeJS.ProcessEnv = { [name]: 'http://proxy.example:1', NO_PROXY: 'intranet' };
    bypassProxyForLoopback(env);
    expect(env).toMatchObject({ NO_PROXY: 'intranet,127.0.0.1,localhost,::1' });
    expect(env['no_proxy']).toBe(env['NO_PROXY']);
  });

  it('that is not set changes nothing', () => {
    const env: NodeJS.ProcessEnv = { PATH: '/bin' };
    bypassProxyForLoopback(env);
    expect(env).toEqual({ PATH: '/bin' });
  });

  it('used by Node itself does not keep the sandbox from its own servers', async () => {
    const { port } = server.address() as AddressInfo;
    const script = `
      import { bypassProxyForLoopback } from '#ops/proxy.ts';
      bypassProxyForLoopback(process.env);
      process.stdout.write(await (await fetch('http://127.0.0.1:${port}/')).text());`;
    const { stdout } = await promisify(execFile)(
      process.execPath,
      ['--input-type=module', '-e', script],
      {
        cwd: new URL('../..', import.meta.url),
        env: { ...process.env, NODE_USE_ENV_PROXY: '1', HTTP_PROXY: 'http://127.0.0.1:9' },
      },
    );
    expect(stdout).toBe('direct');
  });
});
