import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { askMode } from '#ops/mode.ts';

let server: Server | undefined;
afterEach(() => server?.close());

async function serverThat(listener: RequestListener): Promise<string> {
  const made = createServer(listener);
  server = made;
  await new Promise<void>((resolve) => made.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(made.address() as AddressInfo).port}`;
}

const TIME = { marketMs: 1_794_300_000_000, realMs: 5, speed: 0, endMs: 1_794_400_000_000 };

describe('the mode of a broker on this machine', () => {
  it('is SANDBOX if it reports its market time', async () => {
    const url = await serverThat((_, response) => response.end(JSON.stringify(TIME)));
    expect(await askMode(url)).toBe('SANDBOX');
  });

  it.each<[string, RequestListener]>([
    ['does not know the question', (_, response) => response.writeHead(404).end('not found')],
    ['answers something else', (_, response) => response.end('{"time":"now"}')],
    ['answers every question with a page', (_, response) => response.end('<html>hello</html>')],
  ])('is PAPER where it %s', async (_, listener) => {
    expect(await askMode(await serverThat(listener))).toBe('PAPER');
  });

  it('is unknown while nothing listens there', async () => {
    const url = await serverThat((_, response) => response.end());
    await new Promise((resolve) => server?.close(resolve));
    await expect(askMode(url)).rejects.toMatchObject({ remedy: 'retry' });
  });

  it('is known without a request for Alpaca’s own hosts', async () => {
    expect(await askMode('https://paper-api.alpaca.markets')).toBe('PAPER');
    expect(await askMode('https://api.alpaca.markets')).toBe('LIVE');
  });
});
