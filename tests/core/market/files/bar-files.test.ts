import { hostname } from 'node:os';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { BarHistory } from '#core/domain/bar.ts';
import { epochMs, type Ticker } from '#core/domain/units.ts';
import { createBarFiles, type FileReading } from '#core/market/files/bar-files.ts';
import type { Disk } from '#core/market/files/disk.ts';
import { MANIFEST, readManifest } from '#core/market/files/manifest.ts';
import type { Origin } from '#core/market/files/origin.ts';
import { parquetBytes } from '#core/market/files/parquet.ts';
import { bars, history, XLF, XLK } from '../histories.ts';
import { type MemoryDisk, memoryDisk, Stopped } from '../memory-disk.ts';

const NOW = epochMs(Date.parse('2024-03-15T21:16:00Z'));
const ORIGIN: Origin = {
  source: 'test source',
  feed: 'sip',
  adjustment: 'all',
  fetchedAt: NOW,
};
const OLD = history(bars('2024-01-02', '2024-03-08'));
const NEW = history(bars('2024-01-02', '2024-03-15'));
const THIRD = history(bars('2024-01-02', '2024-03-15', 0.5));
const FILE = 'XLK_1D.parquet';

const filesOn = (disk: Disk, writer = 'one') => createBarFiles({ disk, now: () => NOW, writer });

async function readOn(disk: Disk, tickers: readonly Ticker[] = [XLK]) {
  return filesOn(disk).read({ tickers });
}

async function readXlk(disk: Disk): Promise<FileReading | undefined> {
  return (await readOn(disk)).get(XLK);
}

function listedIn(disk: MemoryDisk, symbol = XLK) {
  const reading = readManifest(disk.files().get(MANIFEST));
  return reading.kind === 'read' ? reading.manifest.get(symbol) : undefined;
}

async function storedOld(): Promise<MemoryDisk> {
  const disk = memoryDisk();
  await filesOn(disk).put(OLD, ORIGIN);
  return disk.afterKill();
}

function flipped(bytes: Uint8Array, at: number): Uint8Array {
  const changed = Uint8Array.from(bytes);
  changed[at] = (changed[at] ?? 0) ^ 1;
  return changed;
}

/** Every row of one of the histories, or a refusal; anything else is a mix. */
function stateOf(reading: FileReading | undefined, states: Record<string, BarHistory>): string {
  if (reading === undefined) return 'absent';
  if (reading.kind !== 'sound') return reading.kind;
  const same = Object.entries(states).filter(([, rows]) => isSame(rows, reading.history));
  return same.map(([name]) => name).join(' and ') || 'A MIX';
}

function isSame(a: BarHistory, b: BarHistory): boolean {
  const columns = ['open', 'high', 'low', 'close', 'volume'] as const;
  return (
    a.dates.join() === b.dates.join() && columns.every((name) => a[name].join() === b[name].join())
  );
}

describe('a stored file', () => {
  it('is read with the source of its numbers', async () => {
    const disk = memoryDisk();
    const entry = await filesOn(disk).put(OLD, ORIGIN);
    expect(entry).toMatchObject({
      rows: OLD.dates.length,
      first: '2024-01-02',
      last: '2024-03-08',
      source: 'test source',
      feed: 'sip',
      adjustment: 'all',
      fetchedAt: '2024-03-15T21:16:00.000Z',
    });
    expect(await readXlk(disk)).toEqual({ kind: 'sound', entry, history: OLD });
  });

  it('is not parsed again while its hash is known', async () => {
    const disk = await storedOld();
    const { sha256 = '' } = listedIn(disk)?.now ?? {};
    const known = new Map([[XLK, sha256]]);
    const files = filesOn(disk);
    const request = { tickers: [XLK], known };
    expect((await files.read(request)).get(XLK)?.kind).toBe('same');
    await files.put(NEW, ORIGIN);
    expect((await files.read(request)).get(XLK)?.kind).toBe('sound');
  });

  it('leaves nothing behind but itself and the manifest', async () => {
    const disk = await storedOld();
    await filesOn(disk).put(NEW, ORIGIN);
    expect([...disk.files().keys()].sort()).toEqual([FILE, MANIFEST]);
  });

  it('is cleaned of another dead process’s drafts, and of nothing else', async () => {
    const disk = await storedOld();
    // No system gives a process that number.
    const gone = `${FILE}.${hostname()}-2147483647.draft`;
    const others = [
      `${FILE}.${hostname()}-${process.pid}.draft`,
      `${FILE}.elsewhere-2147483647.draft`,
    ];
    for (const name of [gone, ...others]) await disk.write(name, new Uint8Array(3));
    expect((await readXlk(disk))?.kind).toBe('sound');
    expect([...disk.files().keys()].sort()).toEqual([FILE, ...others, MANIFEST].sort());
  });

  it('is valid even when the clock was set back behind its last bar', async () => {
    const disk = await storedOld();
    const early = createBarFiles({ disk, now: () => epochMs(0) });
    expect((await early.read({ tickers: [XLK] })).get(XLK)?.kind).toBe('sound');
  });

  it('is never parsed and never lost when any one byte of it was flipped', async () => {
    const disk = await storedOld();
    const sound = disk.files().get(FILE) ?? new Uint8Array();
    for (let at = 0; at < sound.length; at += 61) {
      const damaged = memoryDisk(new Map(disk.files()).set(FILE, flipped(sound, at)));
      const reading = await readXlk(damaged);
      expect(reading).toMatchObject({ kind: 'damaged' });
      expect(damaged.files().has(FILE)).toBe(false);
    }
  });

  it('that was damaged is quarantined with time and reason', async () => {
    const disk = await storedOld();
    await disk.write(FILE, new TextEncoder().encode('not bars'));
    const reading = await readXlk(disk);
    const [reason] = reading?.kind === 'damaged' ? [reading.reason] : [];
    expect(reason).toMatch(
      /^XLK_1D\.parquet: its SHA-256 is [0-9a-f]{12}…, not as in manifest\.json$/,
    );
    const kept = 'quarantine/2024-03-15T211600.000Z XLK_1D.parquet';
    expect(new TextDecoder().decode(disk.files().get(kept))).toBe('not bars');
    expect(new TextDecoder().decode(disk.files().get(`${kept}.txt`))).toBe(`${reason}\n`);
    expect(await readXlk(disk)).toBeUndefined();
  });

  it('keeps every damaged file, even two at one instant', async () => {
    const disk = await storedOld();
    for (const text of ['one', 'two']) {
      await disk.write(FILE, new TextEncoder().encode(text));
      await readXlk(disk);
    }
    const kept = [...disk.files().keys()].filter((name) => name.startsWith('quarantine/'));
    expect(kept).toHaveLength(4);
  });

  it('over 32 MB is rejected before a byte of it is read', async () => {
    const disk = await storedOld();
    const large: Disk = {
      ...disk,
      size: async (name) => (name === FILE ? 33_554_433 : disk.size(name)),
      read: (name) => (name === FILE ? Promise.reject(new Error('read')) : disk.read(name)),
    };
    expect(await readXlk(large)).toEqual({
      kind: 'damaged',
      reason: 'XLK_1D.parquet: has 33554433 bytes, at most 33554432 are read',
    });
  });

  it('that the system cannot read stays in place', async () => {
    const disk = await storedOld();
    const denied: Disk = {
      ...disk,
      read: (name) =>
        name === FILE
          ? Promise.reject(Object.assign(new Error(), { code: 'EACCES' }))
          : disk.read(name),
    };
    expect(await readXlk(denied)).toEqual({
      kind: 'unread',
      reason: 'XLK_1D.parquet: cannot be read (EACCES)',
    });
    expect(disk.files().has(FILE)).toBe(true);
  });
});

describe('a file that somebody added', () => {
  it('is put aside and never parsed: it comes in by an import, or not', async () => {
    const disk = memoryDisk(new Map([[FILE, await parquetBytes(OLD)]]));
    const reading = await readXlk(disk);
    expect(reading).toEqual({
      kind: 'damaged',
      reason: `${FILE}: is not in manifest.json; an import takes files from elsewhere`,
    });
    const names = [...disk.files().keys()];
    expect(names).toEqual([
      expect.stringMatching(/^quarantine.*txt$/),
      expect.stringMatching(/XLK_1D.parquet$/),
    ]);
    expect(disk.files().get(names[1] ?? '')).toEqual(await parquetBytes(OLD));
    expect(await readXlk(disk)).toBeUndefined();
  });

  it('in the folder of the previous bot is left there', async () => {
    const older = `equities/${FILE}`;
    const disk = memoryDisk(new Map([[older, await parquetBytes(OLD)]]));
    expect(await readXlk(disk)).toBeUndefined();
    expect([...disk.files().keys()]).toEqual([older]);
  });
});

describe('a read-only or full disk', () => {
  const refusing = (disk: Disk): Disk => {
    const refuse = () => Promise.reject(new Error('EROFS: read-only file system'));
    return { ...disk, write: refuse, rename: refuse, remove: refuse };
  };

  it('still provides valid files next to damaged ones', async () => {
    const disk = await storedOld();
    await filesOn(disk).put({ ...OLD, ticker: XLF }, ORIGIN);
    await disk.write(FILE, flipped(disk.files().get(FILE) ?? new Uint8Array(), 200));
    await disk.write('XLF_1D.parquet.gone-1.draft', new Uint8Array());
    const found = await readOn(refusing(disk), [XLK, XLF]);
    expect(found.get(XLF)?.kind).toBe('sound');
    expect(found.get(XLK)).toEqual({
      kind: 'unread',
      reason: expect.stringMatching(/^XLK_1D.parquet: its SHA-256 is .*stays where it is .*EROFS/),
    });
  });

  it('with a damaged list provides nothing to read, and throws nothing', async () => {
    const disk = await storedOld();
    await disk.write(MANIFEST, new Uint8Array([1]));
    expect((await readOn(refusing(disk))).get(XLK)?.kind).toBe('unread');
  });
});

describe('a listed file that a person removed', () => {
  it('is missing, whatever the previous bot left: it must be fetched', async () => {
    const disk = await storedOld();
    await disk.write(`equities/${FILE}`, await parquetBytes(OLD));
    await disk.remove(FILE);
    expect(await readXlk(disk)).toBeUndefined();
  });
});

describe('the manifest', () => {
  it('that was damaged anywhere is quarantined, and its files with it', async () => {
    const disk = await storedOld();
    const sound = disk.files().get(MANIFEST) ?? new Uint8Array();
    for (let at = 0; at < sound.length; at += 7) {
      const damaged = memoryDisk(new Map(disk.files()).set(MANIFEST, flipped(sound, at)));
      const reading = await readXlk(damaged);
      const kept = [...damaged.files().keys()].some((name) => name.endsWith(`Z ${MANIFEST}`));
      // A flip in white space is none of the content.
      expect([kept, stateOf(reading, { OLD })]).toEqual(kept ? [true, 'damaged'] : [false, 'OLD']);
    }
  });

  it('that the system cannot read is reported, and nothing is quarantined', async () => {
    const disk = await storedOld();
    const read = (name: string) =>
      name === MANIFEST
        ? Promise.reject(Object.assign(new Error(), { code: 'EISDIR' }))
        : disk.read(name);
    await expect(readOn({ ...disk, read })).rejects.toThrow(
      'manifest.json: cannot be read (EISDIR)',
    );
    expect(disk.files().has(FILE)).toBe(true);
  });

  it('of a newer Rotor is left unchanged, and nothing is written', async () => {
    const disk = await storedOld();
    await disk.write(MANIFEST, new TextEncoder().encode('{"format":3,"files":[]}'));
    const before = new Map(disk.files());
    const expected = 'manifest.json: format 3 is of a newer Rotor, this one reads 2';
    await expect(readXlk(disk)).rejects.toThrow(expected);
    await expect(filesOn(disk).put(NEW, ORIGIN)).rejects.toThrow(expected);
    expect(disk.files().get(FILE)).toBe(before.get(FILE));
    expect(disk.files().get(MANIFEST)).toBe(before.get(MANIFEST));
  });
});

describe('an interrupted update', () => {
  /** One line a stop: what was done last, and the state that each possible disk gives. */
  async function stops(start: MemoryDisk): Promise<readonly (readonly string[])[]> {
    const whole = start.afterKill();
    await filesOn(whole).put(NEW, ORIGIN);
    const lines: (readonly string[])[] = [];
    for (let count = 0; count <= whole.effects.length; count++) {
      const disk = start.afterKill();
      disk.stopAfter(count);
      const ended = filesOn(disk).put(NEW, ORIGIN);
      if (count < whole.effects.length) await expect(ended).rejects.toThrow(Stopped);
      else await ended;
      const states = new Set<string>();
      for (const image of disk.afterPowerCut().values()) {
        states.add(stateOf(await readXlk(image), { old: OLD, new: NEW }));
        const { now, next } = listedIn(image) ?? {};
        expect(next === undefined || states.has('absent')).toBe(true);
        // Completed by the first reading: the second finds the same, and one entry.
        expect(stateOf(await readXlk(image), { old: OLD, new: NEW })).toBe([...states].at(-1));
        expect(now?.last ?? 'absent').toMatch(/2024-03-(08|15)|absent/);
      }
      const images = disk.afterPowerCut().size;
      lines.push([
        disk.effects.at(-1) ?? 'nothing',
        `${images}`,
        [...states].sort().reverse().join(' or '),
      ]);
    }
    return lines;
  }

  it('at any effect leaves the old or the new rows, and can be completed offline', async () => {
    const lines = await stops(await storedOld());
    process.stdout.write(
      `stopped after (power cut: every possible disk) -> rows after restart\n${lines
        .map(
          ([done, images, states], at) =>
            `${String(at).padStart(3)} ${done?.padEnd(58)} ${images} disks: ${states}`,
        )
        .join('\n')}\n`,
    );
    expect(new Set(lines.map(([, , states]) => states))).toEqual(
      new Set(['old', 'old or new', 'new']),
    );
    expect(lines.map(([, , states]) => states).indexOf('new')).toBe(8);
  });

  it('at any effect of the very first load leaves no file or a complete one', async () => {
    const lines = await stops(memoryDisk());
    expect(new Set(lines.flatMap(([, , states]) => states?.split(' or ')))).toEqual(
      new Set(['absent', 'new']),
    );
  });

  it('twice, the second time during recovery, still leaves the old or the new rows', async () => {
    const start = await storedOld();
    for (let first = 0; first <= 12; first++) {
      for (let second = 0; second <= 5; second++) {
        const disk = start.afterKill();
        disk.stopAfter(first);
        await filesOn(disk).put(NEW, ORIGIN).catch(stopped);
        const again = disk.afterKill();
        again.stopAfter(second);
        await readXlk(again).catch(stopped);
        for (const image of again.afterPowerCut().values()) {
          expect(['old', 'new']).toContain(stateOf(await readXlk(image), { old: OLD, new: NEW }));
        }
      }
    }
  });

  it('followed by another update ends with the rows of that one', async () => {
    const start = await storedOld();
    for (let first = 0; first <= 12; first++) {
      const disk = start.afterKill();
      disk.stopAfter(first);
      await filesOn(disk).put(NEW, ORIGIN).catch(stopped);
      const again = disk.afterKill();
      await filesOn(again).put(THIRD, ORIGIN);
      expect(stateOf(await readXlk(again), { THIRD })).toBe('THIRD');
    }
  });
});

describe('two simultaneous writers', () => {
  const STATES = { NEW, THIRD };

  /** Runs both, one effect at a time, in the order that the list of turns says. */
  async function interleaved(turns: readonly boolean[], second: BarHistory): Promise<MemoryDisk> {
    const disk = await storedOld();
    const gates: (() => void)[][] = [[], []];
    const gated = (who: number): Disk => {
      const pass = () => new Promise<void>((resolve) => void gates[who]?.push(resolve));
      const inTurn =
        <A extends unknown[], R>(call: (...args: A) => Promise<R>) =>
        async (...args: A): Promise<R> => {
          await pass();
          return call(...args);
        };
      return {
        ...disk,
        read: inTurn(disk.read),
        write: inTurn(disk.write),
        sync: inTurn(disk.sync),
        rename: inTurn(disk.rename),
        syncFolder: inTurn(disk.syncFolder),
      };
    };
    const ends = [
      filesOn(gated(0), 'one').put(NEW, ORIGIN),
      filesOn(gated(1), 'two').put(second, ORIGIN),
    ];
    let running = 2;
    for (const end of ends) void end.finally(() => running--);
    for (let at = 0; running > 0; at++) {
      await new Promise((resolve) => setImmediate(resolve));
      const [mine, other] = turns[at % turns.length] ? [0, 1] : [1, 0];
      (gates[mine]?.shift() ?? gates[other]?.shift())?.();
    }
    await Promise.all(ends);
    return disk;
  }

  it('end with the rows of one of them, or with a file that is fetched again', async () => {
    const seen = new Map<string, number>();
    await fc.assert(
      fc.asyncProperty(fc.array(fc.boolean(), { minLength: 40, maxLength: 40 }), async (turns) => {
        const disk = await interleaved(turns, THIRD);
        const state = stateOf(await readXlk(disk), STATES);
        seen.set(state, (seen.get(state) ?? 0) + 1);
        expect(['NEW', 'THIRD', 'damaged']).toContain(state);
      }),
      { numRuns: 150 },
    );
    expect([...seen.keys()]).toEqual(expect.arrayContaining(['NEW', 'THIRD']));
  });

  it('do not overwrite a file that the other wrote while the list was read', async () => {
    const disk = await storedOld();
    let isPut = false;
    const slow: Disk = {
      ...disk,
      async size(name) {
        if (name === FILE && !isPut) {
          isPut = true;
          await filesOn(disk, 'two').put(NEW, ORIGIN);
        }
        return disk.size(name);
      },
    };
    expect(stateOf(await readXlk(slow), { OLD, NEW })).toBe('NEW');
    expect([...disk.files().keys()].filter((name) => name.startsWith('quarantine'))).toEqual([]);
  });

  it('of different tickers do not accept each other’s files', async () => {
    const xlf = history(bars('2024-01-02', '2024-03-15', 3), XLF);
    await fc.assert(
      fc.asyncProperty(fc.array(fc.boolean(), { minLength: 40, maxLength: 40 }), async (turns) => {
        const disk = await interleaved(turns, xlf);
        const found = await readOn(disk, [XLK, XLF]);
        expect(['NEW', 'damaged']).toContain(stateOf(found.get(XLK), { NEW }));
        expect(['xlf', 'damaged']).toContain(stateOf(found.get(XLF), { xlf }));
      }),
      { numRuns: 100 },
    );
  });
});

function stopped(error: unknown): void {
  if (!(error instanceof Stopped)) throw error;
}
