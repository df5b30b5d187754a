import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { epochMs } from '#core/domain/units.ts';
import { openDatabase } from '#core/store/database.ts';
import { noHighWater } from '#core/store/high-water.ts';
import { createJournal } from '#core/store/journal.ts';
import { acquireLease, type Holder, LEASE_MS } from '#core/store/lease.ts';
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
    expect(clock.now()).toBeGreaterThanOrEqual(1_000_000 + LEASE_MS);
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
