import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';

const ROOT = resolve(import.meta.dirname, '../..');

const read = (file: string): string => readFileSync(resolve(ROOT, file), 'utf8');

const versions = z.record(z.string(), z.string());
const manifest = z
  .object({
    dependencies: versions,
    devDependencies: versions,
    optionalDependencies: versions,
  })
  .parse(JSON.parse(read('package.json')));

const lock = z
  .object({
    packages: z.record(
      z.string(),
      z.object({ hasInstallScript: z.boolean().optional(), resolved: z.string().optional() }),
    ),
  })
  .parse(JSON.parse(read('package-lock.json')));

const reasons = read('docs/dependencies.md');
const direct = Object.entries({
  ...manifest.dependencies,
  ...manifest.devDependencies,
  ...manifest.optionalDependencies,
});

describe('dependencies', () => {
  it('run no script during installation', () => {
    expect(read('.npmrc').split('\n')).toContain('ignore-scripts=true');
  });

  it('have no install script but one: esbuild’s only speeds up its start', () => {
    const scripted = Object.entries(lock.packages)
      .filter(([, { hasInstallScript }]) => hasInstallScript)
      .map(([path]) => path.replace(/^.*node_modules\//, ''));
    expect(scripted).toEqual(['esbuild']);
  });

  it('come only from the public registry', () => {
    const elsewhere = Object.values(lock.packages)
      .map(({ resolved }) => resolved)
      .filter((url) => url !== undefined && !url.startsWith('https://registry.npmjs.org/'));
    expect(elsewhere).toEqual([]);
  });

  it.each(direct)('%s is pinned to one version', (_, version) => {
    expect(version).toMatch(/^\d+\.\d+\.\d+$/);
  });

  it.each(direct)('%s has its reason in docs/dependencies.md', (name) => {
    const row = reasons
      .split('\n')
      .find((line) => line.startsWith('|') && line.includes(`\`${name}\``));
    expect(row?.split('|')[2]?.trim() ?? '').toMatch(/\w{3}/);
  });

  it('are all installed: the table names no others', () => {
    const names = new Set(direct.map(([name]) => name));
    const named = reasons
      .split('\n')
      .filter((line) => line.startsWith('| `'))
      .flatMap((line) =>
        [...(line.split('|')[1] ?? '').matchAll(/`([^`]+)`/g)].map(([, name]) => name),
      );
    expect(named.length).toBeGreaterThan(10);
    expect(named.filter((name) => !names.has(name ?? ''))).toEqual([]);
  });
});
