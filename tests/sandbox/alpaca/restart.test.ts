import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { cents } from '#core/domain/units.ts';
import { DAY, nyTime, openDesk, order } from './brokerage.ts';

let stateDir: string;
beforeEach(() => {
  stateDir = mkdtempSync(join(tmpdir(), 'rotor-sandbox-'));
});
afterEach(() => rmSync(stateDir, { recursive: true }));

describe('a restart', () => {
  it('keeps account, orders, fills and the instant of the market', async () => {
    const first = await openDesk({ stateDir });
    const limit = { type: 'limit', limit_price: '1.00', client_order_id: 'resting' };
    await first.raw('POST', '/v2/orders', order({ qty: '7', client_order_id: 'done' }));
    first.time.advance(60_000);
    await first.raw('POST', '/v2/orders', order(limit));
    first.broker.apply({ kind: 'deposit', amount: cents(12_345) });
    const before = {
      account: (await first.raw('GET', '/v2/account')).body,
      orders: (await first.raw('GET', '/v2/orders?status=all')).body,
      activities: (await first.raw('GET', '/v2/account/activities')).body,
    };
    await first.broker.close();

    const second = await openDesk({ stateDir, start: nyTime(DAY, 9, 35) });
    expect(second.time.now()).toBe(first.time.now());
    expect((await second.raw('GET', '/v2/account')).body).toEqual(before.account);
    expect((await second.raw('GET', '/v2/orders?status=all')).body).toEqual(before.orders);
    expect((await second.raw('GET', '/v2/account/activities')).body).toEqual(before.activities);
    expect(
      (await second.raw('POST', '/v2/orders', order({ client_order_id: 'done' }))).status,
    ).toBe(422);
    second.time.advanceTo(nyTime(DAY, 16, 5));
    const { body } = await second.raw(
      'GET',
      '/v2/orders:by_client_order_id?client_order_id=resting',
    );
    expect(body.status).toBe('expired');
    await second.broker.close();
  });

  it('fills an order in progress as if nothing had happened', async () => {
    const filledAfter = async (restart: boolean) => {
      const folder = mkdtempSync(join(stateDir, 'run-'));
      const first = await openDesk({ stateDir: folder });
      await first.raw('POST', '/v2/orders', order({ qty: '7', client_order_id: 'one' }));
      if (restart) await first.broker.close();
      const last = restart ? await openDesk({ stateDir: folder }) : first;
      last.time.advance(60_000);
      const { body } = await last.raw('GET', '/v2/account/activities/FILL');
      await last.broker.close();
      return body;
    };
    const undisturbed = await filledAfter(false);
    expect(undisturbed.length).toBeGreaterThan(0);
    expect(await filledAfter(true)).toEqual(undisturbed);
  });

  it('starts at a later market instant than the killed process ever showed', async () => {
    const script = new URL('./killed-sandbox.ts', import.meta.url).pathname;
    const child = spawn(process.execPath, [script, stateDir], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const shown: number[] = [];
    let sent = 0;
    for await (const chunk of child.stdout.setEncoding('utf8')) {
      for (const line of String(chunk)
        .split('\n')
        .filter((text) => text.endsWith('.'))) {
        const [kind, value] = line.slice(0, -1).split(' ');
        if (kind === 'now') shown.push(Number(value));
        if (kind === 'order') sent += 1;
      }
      if (shown.length > 100) child.kill('SIGKILL');
    }
    const after = await openDesk({ stateDir, start: nyTime(DAY, 9, 35) });
    expect(after.time.now()).toBeGreaterThanOrEqual(Math.max(...shown));
    const { body } = await after.raw('GET', '/v2/orders?status=all&limit=500');
    expect(body.length).toBeGreaterThanOrEqual(sent);
    await after.broker.close();
  });
});
