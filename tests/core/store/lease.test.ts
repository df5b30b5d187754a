import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { epochMs } from '#core/domain/units.ts';
import { openDatabase } from '#core/store/database.ts';
import { noHighWater } from '#core/store/high-water.ts';
import { createJournal } from '#core/store/journal.ts';
import {
  acquireLease,
  type Holder,
  holderOf,
  LEASE_MS,
  runningHolder,
  thisProcess,
} from '#core/store/lease.ts';
import { leapingClock } from '#tests/support/clock.ts';

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

/** Two processes on one file: each has a connection of its own. */
function twoConnections() {
  const folder = mkdtempSync(join(tmpdir(), 'rotor-lease-'));
  folders.push(folder);
  const file = join(folder, 'journal.sqlite');
  return [openDatabase(file), openDatabase(file)] as const;
}

const holder = (host: string, pid: number, lives = true): Holder => ({
  host,
  pid,
  lives: () => lives,
});

describe('the row of a lease', () => {
  it('counts its holders from one, and ends one lease after the last renewal', async () => {
    const [one, two] = twoConnections();
    const clock = leapingClock(epochMs(1_000_000));
    const lease = await acquireLease(one, clock, holder('vps', 10));
    expect(holderOf(two)).toEqual({ owner: 'vps 10', epoch: 1, expires: 1_000_000 + LEASE_MS });
    clock.set(epochMs(1_004_000));
    lease.renew();
    expect(holderOf(two)?.expires).toBe(1_004_000 + LEASE_MS);
    lease.release();
    expect(holderOf(two)).toEqual({ owner: 'vps 10', epoch: 1, expires: 0 });
  });

  it('is not released by one that lost it', async () => {
    const [one, two] = twoConnections();
    const clock = leapingClock(epochMs(1_000_000));
    const lost = await acquireLease(one, clock, holder('vps', 10));
    await acquireLease(two, clock, holder('laptop', 11));
    const before = holderOf(two);
    lost.release();
    expect(holderOf(two)).toEqual(before);
  });

  it('names the holder that took it, if it is known', async () => {
    const [one, two] = twoConnections();
    const clock = leapingClock(epochMs(1_000_000));
    const lost = await acquireLease(one, clock, holder('vps', 10));
    await acquireLease(two, clock, holder('laptop', 11));
    expect(() => lost.assertHeld()).toThrow('another Rotor (laptop 11) has taken');
    two.exec('DELETE FROM lease');
    expect(() => lost.assertHeld()).toThrow('another Rotor (unknown) has taken');
  });

  it('is not taken from another that took it meanwhile, even with the same end', async () => {
    const [one, two] = twoConnections();
    const clock = leapingClock(epochMs(1_000_000));
    await acquireLease(one, clock, holder('vps', 10));
    const meanwhile = {
      now: clock.now,
      sleep: async (ms: number) => {
        one.exec("UPDATE lease SET owner = 'third 12', epoch = 2");
        await clock.sleep(ms);
      },
    };
    await expect(acquireLease(two, meanwhile, holder('laptop', 11))).rejects.toThrow('(third 12)');
  });
});

describe('the process of this host that holds a journal', () => {
  /** A journal whose last holder is `owner`. */
  async function heldBy(owner: Holder) {
    const folder = mkdtempSync(join(tmpdir(), 'rotor-lease-'));
    folders.push(folder);
    const file = join(folder, 'journal.sqlite');
    const lease = await acquireLease(openDatabase(file), leapingClock(epochMs(1_000_000)), owner);
    return { file, lease };
  }

  it('is the other one that lives here', async () => {
    const { file, lease } = await heldBy(holder('vps', 10));
    expect(runningHolder(file, holder('vps', 11))).toBe(10);
    lease.release();
    expect(runningHolder(file, holder('vps', 11))).toBeUndefined();
  });

  it.each([
    ['of another host, whatever runs under its number here', holder('laptop', 11)],
    ['that has ended', holder('vps', 11, false)],
    ['of our own number', holder('vps', 10)],
  ])('is none %s', async (_name, asking) => {
    const { file } = await heldBy(holder('vps', 10));
    expect(runningHolder(file, asking)).toBeUndefined();
  });

  it('is none of a journal that was never held, or is not there', () => {
    const [, database] = twoConnections();
    expect(runningHolder(database.name, holder('vps', 11))).toBeUndefined();
    expect(runningHolder(`${database.name}.gone`, holder('vps', 11))).toBeUndefined();
    expect(existsSync(`${database.name}.gone`)).toBe(false);
  });
});

describe('whether a process lives', () => {
  const { lives } = thisProcess();

  it('is looked at with signal 0, which ends nothing', () => {
    const kill = vi.spyOn(process, 'kill').mockReturnValue(true);
    try {
      expect(lives(4_000_000)).toBe(true);
      expect(kill.mock.calls).toEqual([[4_000_000, 0]]);
    } finally {
      kill.mockRestore();
    }
  });

  it.each([
    ['EPERM', true],
    ['ESRCH', false],
  ])('is told by the system’s %s: %s', (code, expected) => {
    const kill = vi.spyOn(process, 'kill').mockImplementation(() => {
      throw Object.assign(new Error(code), { code });
    });
    try {
      expect(lives(4_000_000)).toBe(expected);
    } finally {
      kill.mockRestore();
    }
  });
});

describe('one Rotor per account', () => {
  it('refuses a second Rotor while the first renews', async () => {
    const [one, two] = twoConnections();
    const clock = leapingClock(epochMs(1_000_000));
    const lease = await acquireLease(one, clock, holder('vps', 10));
    const renewing = {
      now: clock.now,
      sleep: async (ms: number) => {
        await clock.sleep(ms);
        lease.renew();
      },
    };
    await expect(acquireLease(two, renewing, holder('laptop', 11))).rejects.toThrow(
      /another Rotor runs on this journal \(vps 10\)/,
    );
  });

  it('takes over from a holder that stopped renewing, and fences it out', async () => {
    const [one, two] = twoConnections();
    const clock = leapingClock(epochMs(1_000_000));
    const paused = await acquireLease(one, clock, holder('vps', 10));
    const journal = createJournal({
      database: one,
      clock,
      highWater: noHighWater(),
      guard: paused.assertHeld,
    });
    journal.append({ kind: 'stopped', reason: 'before' });
    const fresh = await acquireLease(two, clock, holder('laptop', 11));
    // It looks twice a second, and once more when the lease is over.
    expect(clock.now()).toBe(1_000_000 + LEASE_MS + 500);
    expect(fresh.epoch).toBe(paused.epoch + 1);
    expect(() => journal.append({ kind: 'stopped', reason: 'after' })).toThrow(/has taken/);
    expect(() => paused.renew()).toThrow(/has taken/);
    expect(journal.since(0, 10)).toHaveLength(1);
  });

  it('does not wait for a process of its own host that is dead', async () => {
    const [one, two] = twoConnections();
    const clock = leapingClock(epochMs(1_000_000));
    await acquireLease(one, clock, holder('vps', 10));
    await acquireLease(two, clock, holder('vps', 11, false));
    expect(clock.now()).toBe(1_000_000);
  });

  it('waits for a process of another host whatever runs under that number here', async () => {
    const [one, two] = twoConnections();
    const clock = leapingClock(epochMs(1_000_000));
    await acquireLease(one, clock, holder('vps', 10));
    await acquireLease(two, clock, holder('laptop', 11, false));
    expect(clock.now()).toBeGreaterThanOrEqual(1_000_000 + LEASE_MS);
  });

  it('waits for another host with the same process number', async () => {
    const [one, two] = twoConnections();
    const clock = leapingClock(epochMs(1_000_000));
    await acquireLease(one, clock, holder('vps', 1));
    await acquireLease(two, clock, holder('laptop', 1));
    expect(clock.now()).toBeGreaterThanOrEqual(1_000_000 + LEASE_MS);
  });

  it('does not wait for its own earlier process in a container, where every process has number 1', async () => {
    const [one, two] = twoConnections();
    const clock = leapingClock(epochMs(1_000_000));
    await acquireLease(one, clock, holder('c0ffee', 1));
    await acquireLease(two, clock, holder('c0ffee', 1));
    expect(clock.now()).toBe(1_000_000);
  });

  it('is free at once after a release', async () => {
    const [one, two] = twoConnections();
    const clock = leapingClock(epochMs(1_000_000));
    (await acquireLease(one, clock, holder('vps', 10))).release();
    await acquireLease(two, clock, holder('laptop', 11));
    expect(clock.now()).toBe(1_000_000);
  });

  it.each([20_000, 3_600_000, 86_400_000])(
    'takes over from a dead holder whose end lies %d ms ahead, after one lease and no more',
    async (aheadMs) => {
      const [one, two] = twoConnections();
      const ahead = leapingClock(epochMs(1_000_000 + aheadMs));
      await acquireLease(one, ahead, holder('gone', 10));
      const clock = leapingClock(epochMs(1_000_000));
      const lease = await acquireLease(two, clock, holder('laptop', 11));
      expect(clock.now() - 1_000_000).toBeLessThanOrEqual(LEASE_MS + 1_000);
      expect(() => lease.assertHeld()).not.toThrow();
    },
  );

  it('refuses a second Rotor while the first renews by a clock that was set back', async () => {
    const [one, two] = twoConnections();
    const firsts = leapingClock(epochMs(90_000_000));
    const lease = await acquireLease(one, firsts, holder('vps', 10));
    const clock = leapingClock(epochMs(1_000_000));
    firsts.set(epochMs(80_000_000));
    const renewing = {
      now: clock.now,
      sleep: async (ms: number) => {
        await clock.sleep(ms);
        lease.renew();
      },
    };
    await expect(acquireLease(two, renewing, holder('laptop', 11))).rejects.toThrow(
      /another Rotor runs on this journal/,
    );
  });

  it('refuses a second Rotor whose clock was set forward by hours while the first renews', async () => {
    const [one, two] = twoConnections();
    const clock = leapingClock(epochMs(1_000_000));
    const lease = await acquireLease(one, clock, holder('vps', 10));
    clock.set(epochMs(90_000_000));
    const renewing = {
      now: clock.now,
      sleep: async (ms: number) => {
        await clock.sleep(ms);
        lease.renew();
      },
    };
    await expect(acquireLease(two, renewing, holder('laptop', 11))).rejects.toThrow(
      /another Rotor runs on this journal/,
    );
  });
});
