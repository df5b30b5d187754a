import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const ROOT = join(import.meta.dirname, '../..');
const FILES = ['Dockerfile', 'compose.yaml'];
const IMAGES = 3;

let folder = '';
let registry: Server;
let asked: string[] = [];
/** What the registry answers for an image's digest; undefined: it does not know the version. */
let digest: string | undefined;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'rotor-pin-'));
  mkdirSync(join(folder, 'scripts'));
  mkdirSync(join(folder, 'bin'));
  for (const file of [...FILES, 'scripts/pin-base.sh'])
    cpSync(join(ROOT, file), join(folder, file));
  // A machine without Docker, wherever this runs.
  writeFileSync(join(folder, 'bin/docker'), '#!/bin/sh\nexit 1\n', { mode: 0o755 });
  asked = [];
  digest = `sha256:${'a1'.repeat(32)}`;
  registry = createServer((request, response) => {
    asked.push(`${request.method} ${request.url}`);
    if (request.url?.startsWith('/token')) response.end('{"token": "canary"}');
    else if (digest === undefined) response.writeHead(404).end();
    else response.writeHead(200, { 'Docker-Content-Digest': digest }).end();
  });
  await new Promise<void>((resolve) => registry.listen(0, '127.0.0.1', resolve));
});

afterEach(async () => {
  await new Promise((resolve) => registry.close(resolve));
  rmSync(folder, { recursive: true });
});

async function pin(...args: readonly string[]) {
  const address = registry.address();
  const port = typeof address === 'object' ? address?.port : 0;
  const base = `http://127.0.0.1:${port}`;
  const env = {
    PATH: `${join(folder, 'bin')}:${process.env['PATH']}`,
    ROTOR_AUTH: base,
    ROTOR_REGISTRY: base,
  };
  const child = spawn('bash', [join(folder, 'scripts/pin-base.sh'), ...args], { env });
  const [out, complaint, [exit]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'close'),
  ]);
  return { out, complaint, exit: Number(exit) };
}

const contents = (): readonly string[] =>
  FILES.map((file) => readFileSync(join(folder, file), 'utf8'));

/** The project's own may be pinned already. */
const unpinned = (text: string): string => text.replaceAll(/@sha256:[0-9a-f]{64}/g, '');

describe('pin-base.sh', () => {
  it('writes the digest behind every version, and changes nothing else', async () => {
    const before = contents();
    expect((await pin()).exit).toBe(0);
    const after = contents();
    expect(after.join().split(`@${digest}`)).toHaveLength(IMAGES + 1);
    expect(after.map(unpinned)).toEqual(before.map(unpinned));
    expect(asked).toContain('HEAD /v2/library/node/manifests/24.21.0-bookworm-slim');
  });

  it('is as good twice as once, and renews a digest that has changed', async () => {
    await pin();
    const once = contents();
    await pin();
    expect(contents()).toEqual(once);
    const old = digest ?? '';
    digest = `sha256:${'b2'.repeat(32)}`;
    await pin();
    expect(contents()).toEqual(once.map((each) => each.replaceAll(old, digest ?? '')));
  });

  it('with --dry-run says what it found and writes nothing', async () => {
    const before = contents();
    const { out, exit } = await pin('--dry-run');
    expect(exit).toBe(0);
    expect(out).toContain(`node:24.21.0-bookworm-slim@${digest}`);
    expect(contents()).toEqual(before);
  });

  it('changes nothing and says so when the registry does not answer with a digest', async () => {
    const before = contents();
    for (const answer of [undefined, 'sha256:short', 'not a digest']) {
      digest = answer;
      const { complaint, exit } = await pin();
      expect(exit).toBe(1);
      expect(complaint).toContain('nothing was changed');
      expect(complaint).not.toContain('canary');
    }
    expect(contents()).toEqual(before);
  });

  it('refuses a word that it does not know', async () => {
    expect(await pin('--all')).toMatchObject({ exit: 2 });
  });
});
