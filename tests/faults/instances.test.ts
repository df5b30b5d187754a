/** Faults of group I: more than one Rotor. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { epochMs } from '#core/domain/units.ts';
import { openDatabase } from '#core/store/database.ts';
import { acquireLease, type Holder, LEASE_MS } from '#core/store/lease.ts';
import { leapingClock } from '#tests/support/clock.ts';
import { sameBooks, type World, world } from '#tests/support/world.ts';

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

function file(): string {
  const folder = mkdtempSync(join(tmpdir(), 'rotor-instances-'));
  folders.push(folder);
  return join(folder, 'journal.sqlite');
}

const ROTATION = { cashUsd: 10_000, held: { XLF: 100 } } as const;
const holder = (host: string, pid: number): Holder => ({ host, pid, lives: () => true });

/** Another desk at the same broker. */
function beside(first: World, options: Parameters<typeof world>[0]): World {
  const second = world(options);
  for (const name of Object.keys(first.broker) as (keyof World['broker'])[]) {
    Reflect.set(second.answers, name, first.broker[name]);
  }
  return second;
}

describe('I1: two instances', () => {
  it('I1: on one journal the second does not start', async () => {
    const path = file();
    const machine = leapingClock(epochMs(1_000_000));
    const lease = await acquireLease(openDatabase(path), machine, holder('vps', 10));
    const renewing = {
      now: machine.now,
      sleep: async (ms: number) => {
        await machine.sleep(ms);
        lease.renew();
      },
    };
    await expect(
      acquireLease(openDatabase(path), renewing, holder('vps', 11)),
    ).rejects.toMatchObject({ remedy: 'fix-config' });
  });

  it('I1: with a journal each, at the same moment: each order is at the broker once', async () => {
    const one = world(ROTATION);
    const two = beside(one, ROTATION);
    await Promise.all([one.engine.start(), two.engine.start()]);
    for (let minute = 0; minute < 20; minute++) {
      await Promise.all([one.minutes(1), two.minutes(1)]);
    }
    const ids = one.broker.accepted.map(({ clientOrderId }) => clientOrderId);
    expect(new Set(ids).size).toBe(ids.length);
    expect([...one.broker.ledger().lots.values()].every(({ qty }) => qty > 0)).toBe(true);
    expect(one.broker.ledger().cash).toBeGreaterThanOrEqual(0);
    expect(ids.filter((id) => id.includes('-s-'))).toHaveLength(1);
  });

  it('I1: with a journal of its own, later: it halts on the orders of the first', async () => {
    const one = world(ROTATION);
    await one.engine.start();
    await one.minutes(3);
    const two = beside(one, ROTATION);
    two.target = ['XLU'];
    await two.engine.start();
    await two.minutes(10);
    expect(two.book().state.state).toBe('HALT');
    expect(one.posted()).toHaveLength(3);
    expect(sameBooks(one)).toBe(true);
  });
});

describe('I2: a pause longer than the lease', () => {
  it('I2: what wakes up after it writes nothing and sends nothing', async () => {
    const path = file();
    const machine = leapingClock(epochMs(1_000_000));
    const database = openDatabase(path);
    const lease = await acquireLease(database, machine, holder('vps', 10));
    const paused = world({ ...ROTATION, database, guard: lease.assertHeld });
    await paused.engine.start();

    await machine.sleep(LEASE_MS + 1);
    const other = openDatabase(path);
    const taken = await acquireLease(other, machine, holder('laptop', 11));
    const fresh = beside(paused, { ...ROTATION, database: other, guard: taken.assertHeld });
    await fresh.engine.start();
    await fresh.minutes(1);
    expect(paused.posted()).toHaveLength(3);

    await expect(paused.minutes(2)).rejects.toThrow(/another Rotor \(laptop 11\) has taken/);
    expect(paused.posted()).toHaveLength(3);
    expect(sameBooks(fresh)).toBe(false);
    expect(paused.broker.ledger().cash).toBe(fresh.book().ledger.cash);
  });

  it('I2: paused between two orders: the second is not sent', async () => {
    const path = file();
    const machine = leapingClock(epochMs(1_000_000));
    const database = openDatabase(path);
    const lease = await acquireLease(database, machine, holder('vps', 10));
    const paused = world({ ...ROTATION, database, guard: lease.assertHeld });
    await paused.engine.start();
    paused.answers.submit = async (intent) => {
      const outcome = await paused.broker.submit(intent);
      await machine.sleep(LEASE_MS + 1);
      await acquireLease(openDatabase(path), machine, holder('laptop', 11));
      return outcome;
    };
    await expect(paused.minutes(1)).rejects.toThrow(/has taken/);
    expect(paused.posted()).toHaveLength(1);
  });

  it('I2: a lease left by a kill does not keep the next start waiting', async () => {
    const path = file();
    const machine = leapingClock(epochMs(1_000_000));
    await acquireLease(openDatabase(path), machine, holder('vps', 10));
    const gone: Holder = { host: 'vps', pid: 11, lives: () => false };
    const next = await acquireLease(openDatabase(path), machine, gone);
    expect(next.epoch).toBe(2);
    expect(machine.now()).toBe(1_000_000);
  });
});
