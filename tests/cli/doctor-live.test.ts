import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { createSandbox } from '#sandbox/sandbox.ts';
import { examine } from '../../src/cli/doctor/configuration.ts';
import { liveChecks } from '../../src/cli/doctor/live.ts';

const SILENT = { info: () => undefined, warn: () => undefined, error: () => undefined };

it('says of an order that is still being cancelled that this can take long, not that it is strange', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'rotor-doctor-live-'));
  // In a market that stands still no cancellation is carried out.
  const parts = { bars: 'data/sample', port: 0, speed: 'pause', stateDir: folder } as const;
  const sandbox = await createSandbox(parts);
  try {
    const { config } = examine(sandbox.environment);
    if (!config) throw new Error('expected a configuration');
    const wait = async (): Promise<void> => undefined;
    const checks = await liveChecks({ config, log: SILENT, run: '1', wait });
    expect(checks.filter(({ pass }) => !pass)).toEqual([
      {
        pass: false,
        name: 'live: cancel',
        detail: 'expected canceled, found pending_cancel',
        remedy: expect.stringMatching(/^Alpaca may take hours over it on paper\./),
      },
    ]);
  } finally {
    await sandbox.close();
    await rm(folder, { recursive: true });
  }
});
