import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startServers } from '#tests/support/sandbox-process.ts';
import { buildDry, sizesOf } from '../../scripts/image/build-dry.ts';
import { canEnclose, packagesAreCached } from '../../scripts/image/enclosure.ts';
import type { Image } from '../../scripts/image/perform.ts';
import { runImage } from '../../scripts/image/run-dry.ts';
import { billOfMaterials } from '../../scripts/image/sbom.ts';

const checkout = existsSync(join(import.meta.dirname, '../../.git'));
const skipped = !canEnclose() || !checkout || !packagesAreCached();

/** Measured 204 MB, of which Node itself is 127. */
const MOST_BYTES = 230e6;
/** Docker sends SIGKILL after 30 s. */
const END_SECONDS = 15;

describe.skipIf(skipped)(
  'the image, made without Docker (needs Linux, root, mounts, git and what npm ci left in its cache)',
  () => {
    let folder = '';
    let image: Image;
    const steps: string[] = [];

    beforeAll(() => {
      folder = mkdtempSync(join(tmpdir(), 'rotor-image-'));
      // Nothing is fetched in a test.
      process.env['npm_config_offline'] = 'true';
      image = buildDry({ folder, say: (line) => steps.push(line) });
    });

    afterAll(() => rmSync(folder, { recursive: true, force: true }));

    const files = (): readonly string[] =>
      readdirSync(image.root, { recursive: true, withFileTypes: true })
        .filter((entry) => !entry.isDirectory())
        .map((entry) => relative(image.root, join(entry.parentPath, entry.name)));

    it('has decided on the sample bars with all three models before it was an image', () => {
      expect(steps.join('\n')).toContain('self-test: 3 models decide as expected');
      const report = JSON.parse(readFileSync(join(image.root, 'app/self-test.json'), 'utf8'));
      expect(report.models).toHaveLength(3);
    });

    it('holds Node and no other program', () => {
      const programs = files().filter((file) => /^(?!app\/).*\bs?bin\//.test(file));
      expect(programs).toEqual(['usr/local/bin/node']);
    });

    it('holds no npm, no other Node, no compiler’s files, no tests and no sandbox server', () => {
      const unwanted = [
        /node_modules\/(npm|corepack|yarn|typescript|vitest|@types|node-\w+-(x64|arm64))\//,
        /node_modules\/.*\.(d\.ts|map)$/,
        /^app\/(tests|\.git)/,
        /^app\/src\/sandbox\/(?!time\/)/,
      ];
      const found = files().filter((file) => unwanted.some((pattern) => pattern.test(file)));
      expect(found).toEqual([]);
    });

    it('holds the packages of the bill of materials and no others', () => {
      const installed = files()
        .filter((file) => /node_modules\/(@[^/]+\/)?[^/]+\/package\.json$/.test(file))
        .map((file) => JSON.parse(readFileSync(join(image.root, file), 'utf8')))
        .map(({ name, version }) => `${name}@${version}`);
      const listed = billOfMaterials()
        .components.slice(1)
        .map((each) => each['bom-ref']);
      expect(installed.filter((each) => !listed.includes(each))).toEqual([]);
      const missing = listed.filter((each) => !installed.includes(each));
      expect(missing.every((each) => /^@napi-rs\/canvas-linux-/.test(each))).toBe(true);
    });

    it('has nothing that its own user could change but /data and /tmp', () => {
      expect(readdirSync(image.root).sort()).toContain('data');
      expect(files().filter((file) => /^data\//.test(file))).toEqual([]);
    });

    it('says in its labels what it was built from', () => {
      expect(image.labels['org.opencontainers.image.revision']).toMatch(/^[0-9a-f]{40}$/);
      expect(image.labels['org.opencontainers.image.version']).toMatch(/^\d+\.\d+\.\d+$/);
      expect(image.labels['org.opencontainers.image.created']).toMatch(/^\d{4}-/);
    });

    it('is small', () => {
      const bytes = [...sizesOf(image.root).values()].reduce((sum, each) => sum + each, 0);
      expect(bytes).toBeLessThan(MOST_BYTES);
    });

    it('starts on a read-only root as user 10001, is healthy, and ends by its signal in time', async () => {
      const servers = await startServers(join(folder, 'servers'));
      try {
        const report = await runImage({ image, folder, environment: servers.environment });
        expect(report.faults).toEqual([]);
        expect(report.exitCode).toBe(0);
        expect(report.healthExit).toBe(0);
        expect(report.endSeconds).toBeLessThan(END_SECONDS);
      } finally {
        await servers.close();
      }
    });

    it('is not made of a file that is in no commit', () => {
      const other = mkdtempSync(join(tmpdir(), 'rotor-image-'));
      const meddle = (tree: string): void => writeFileSync(join(tree, 'src/models/extra.ts'), '');
      try {
        expect(() => buildDry({ folder: other, say: () => {}, meddle })).toThrow(
          'src/models/extra.ts is in no commit',
        );
      } finally {
        rmSync(other, { recursive: true });
      }
    });
  },
);
