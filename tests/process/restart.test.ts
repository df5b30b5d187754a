import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { unfinished } from '#core/domain/account-state.ts';
import { epochMs } from '#core/domain/units.ts';
import { leapingClock } from '#tests/support/clock.ts';
import { journalAt } from '#tests/support/journal.ts';
import { type Running, startRotor } from '#tests/support/process.ts';
import { startServers } from '#tests/support/sandbox-process.ts';

let folder = '';
const running: Running[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'rotor-process-'));
});

afterEach(async () => {
  for (const each of running.splice(0)) if (each.child.exitCode === null) await each.end('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});

function start(): Running {
  const rotor = startRotor({ STATE_DIR: folder, SANDBOX_PORT: '0', SANDBOX_SPEED: 'minute' });
  running.push(rotor);
  return rotor;
}

function book() {
  const file = join(folder, 'sandbox', 'journal.sqlite');
  return journalAt(file, leapingClock(epochMs(0))).book();
}

function acceptedOrders(): number {
  const file = join(folder, 'sandbox', 'alpaca', 'alpaca.sqlite');
  const database = new Database(file, { readonly: true });
  const row = database.prepare('SELECT count(*) AS count FROM orders').get();
  database.close();
  return Number((row as { count: number }).count);
}

describe('npm start', () => {
  it('decides, trades and reports, and does not trade again after Ctrl-C and a new start', async () => {
    const first = start();
    await first.said(/initial-\S+ (complete|partial)/);
    expect(await first.end('SIGINT')).toBe(0);
    const before = book();
    const orders = acceptedOrders();
    expect(before.rebalances.size).toBe(1);

    const second = start();
    await second.said(/started, version/);
    await second.said(/Discord: ready/);
    expect(await second.end('SIGTERM')).toBe(0);
    const after = book();
    expect([...after.rebalances.keys()]).toEqual([...before.rebalances.keys()]);
    expect(acceptedOrders()).toBe(orders);
    expect(after.ledger).toEqual(before.ledger);
  });

  it('continues its orders after a kill in the middle of them, without duplicates', async () => {
    const first = start();
    await first.said(/(sold|bought) /);
    await first.end('SIGKILL');
    // On a busy machine the kill comes after the last order.
    const isDone = unfinished(book()) === undefined;
    const second = start();
    await second.said(isDone ? /started, version/ : /initial-\S+ (complete|partial)/);
    await second.end();
    const { managedOrders, rebalances } = book();
    expect(rebalances.size).toBe(1);
    expect(acceptedOrders()).toBe(
      [...managedOrders.values()].filter((managed) => managed.order).length,
    );
  });

  it('exits with 4 when Discord rejects the token permanently, and asks once', async () => {
    const servers = await startServers(folder);
    try {
      const rotor = startRotor({
        ...servers.environment,
        STATE_DIR: join(folder, 'rotor'),
        DISCORD_TOKEN: 'canary-not-the-token',
      });
      running.push(rotor);
      expect(await rotor.ended).toBe(4);
      expect(rotor.output()).toContain('Discord refused the login');
      expect(rotor.output()).not.toContain('canary-not-the-token');
      // By the bot, by the end of the process, and in the terminal’s line of each.
      expect(rotor.output().match(/refused the login/g)?.length).toBeLessThanOrEqual(4);
      const journal = new Database(join(folder, 'rotor/journal.sqlite'), { readonly: true });
      const why = journal.prepare("SELECT body FROM entries WHERE kind = 'stopped'").pluck().get();
      journal.close();
      expect(why).toContain('Discord refused the login');
    } finally {
      await servers.close();
    }
  });

  it('names every error of a wrong environment and exits with 2', async () => {
    const rotor = startRotor({ DISCORD_TOKEN: 'canary-token', MAX_GROSS: '7' });
    await rotor.said(/MAX_GROSS/);
    for (const name of ['ALPACA_KEY_ID', 'DISCORD_GUILD_ID'])
      expect(rotor.output()).toContain(name);
    expect(rotor.output()).not.toContain('canary-token');
    expect(await rotor.end()).toBe(2);
  });
});
