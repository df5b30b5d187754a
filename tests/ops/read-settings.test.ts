import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { closeDays, isSession } from '#core/domain/calendar.ts';
import { sessionDate } from '#core/domain/units.ts';
import type { Lifecycle } from '#ops/lifecycle.ts';
import { readSettings } from '#ops/read-settings.ts';

const folder = mkdtempSync(join(tmpdir(), 'rotor-settings-'));
afterEach(() => {
  closeDays([]);
  rmSync(folder, { recursive: true, force: true });
});

it('the desk’s calendar has no session on a day of CLOSED_DAYS', async () => {
  const lifecycle = { onShutdown: () => undefined, useLog: () => undefined };
  const env = {
    ...{ ALPACA_KEY_ID: 'PKTEST', ALPACA_SECRET_KEY: 'secret', DISCORD_TOKEN: 'token' },
    ...{ DISCORD_GUILD_ID: '100000000000000001', DISCORD_CHANNEL_ID: '100000000000000002' },
    ...{ STATE_DIR: folder, LOG_LEVEL: 'error', CLOSED_DAYS: '2027-03-01' },
  };
  const read = (): string => '';
  const { settings } = await readSettings(
    lifecycle as unknown as Lifecycle,
    { env, read },
    '1.0.0',
  );
  expect(isSession(sessionDate('2027-03-01'))).toBe(false);
  expect(isSession(sessionDate('2027-03-02'))).toBe(true);
  expect(settings).toContainEqual(['CLOSED_DAYS', '2027-03-01']);
});
