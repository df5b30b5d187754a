import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Bars } from '#core/domain/bar.ts';
import { sessionsIn } from '#core/domain/calendar.ts';
import { type SessionDate, type Ticker, ticker } from '#core/domain/units.ts';
import { instruments, peers, UNIVERSE } from '#core/domain/universe.ts';
import { readFolder } from '#core/market/files/folder.ts';
import { verifyFolder } from '#core/market/files/verify.ts';
import { day, emptyFolder } from './histories.ts';

const FOLDER = join(import.meta.dirname, '..', '..', '..', 'data', 'sample');
const SCRIPT = join(import.meta.dirname, '..', '..', '..', 'scripts', 'sample.ts');
const run = promisify(execFile);
const LAST = day('2026-11-20');
const SPY = ticker('SPY');
const TLT = ticker('TLT');
const SECTORS = UNIVERSE.sectors.map((sector) => sector.ticker);

let sample: Bars = new Map();
beforeAll(async () => {
  const tickers = instruments(UNIVERSE).map((known) => known.ticker);
  sample = (await readFolder({ folders: [FOLDER], tickers, latest: LAST })).bars;
});

async function hashes(folder: string): Promise<readonly (readonly [string, string])[]> {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.parquet'));
  return Promise.all(
    names.toSorted().map(async (name) => {
      const bytes = await readFile(join(folder, name));
      return [name, createHash('sha256').update(bytes).digest('hex')] as const;
    }),
  );
}

function closes(symbol: Ticker): ReadonlyMap<SessionDate, number> {
  const history = sample.get(symbol);
  return new Map(history?.dates.map((date, row) => [date, history.close[row] ?? Number.NaN]));
}

/** Daily returns on the sessions that both have. */
function returns(a: Ticker, b: Ticker): readonly (readonly [number, number])[] {
  const [left, right] = [closes(a), closes(b)];
  const common = [...left.keys()].filter((date) => right.has(date));
  const change = (of: ReadonlyMap<SessionDate, number>, at: number): number =>
    (of.get(common[at] ?? LAST) ?? 0) / (of.get(common[at - 1] ?? LAST) ?? 0) - 1;
  return common.slice(1).map((_, at) => [change(left, at + 1), change(right, at + 1)]);
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function covariance(pairs: readonly (readonly [number, number])[]): number {
  const [a, b] = [mean(pairs.map(([x]) => x)), mean(pairs.map(([, y]) => y))];
  return mean(pairs.map(([x, y]) => (x - a) * (y - b)));
}

function correlation(a: Ticker, b: Ticker): number {
  return covariance(returns(a, b)) / (deviation(a, b) * deviation(b, a));
}

/** Daily, over the sessions that `a` shares with `b`. */
function deviation(a: Ticker, b: Ticker = a): number {
  return Math.sqrt(covariance(returns(a, b).map(([x]) => [x, x])));
}

interface Fall {
  readonly peak: SessionDate;
  readonly trough: SessionDate;
  readonly depth: number;
}

/** Every fall of more than a fifth from a peak to its lowest point before the peak is seen again. */
function bearMarkets(symbol: Ticker): readonly Fall[] {
  const falls: Fall[] = [];
  let top = 0;
  let fall: Fall = { peak: LAST, trough: LAST, depth: 0 };
  const end = (): void => void (fall.depth < -0.2 && falls.push(fall));
  for (const [date, close] of closes(symbol)) {
    if (close >= top) {
      end();
      top = close;
      fall = { peak: date, trough: date, depth: 0 };
    } else if (close / top - 1 < fall.depth) {
      fall = { ...fall, trough: date, depth: close / top - 1 };
    }
  }
  end();
  return falls;
}

describe('the sample data', () => {
  it('can be generated again byte by byte', async () => {
    const folder = await emptyFolder();
    await run(process.execPath, [SCRIPT, folder]);
    const made = await hashes(folder);
    expect(made).toHaveLength(13);
    expect(made).toEqual(await hashes(FOLDER));
  });

  it('has a file for each instrument, all valid, under 2.5 MB together', async () => {
    const { files } = await verifyFolder([FOLDER], LAST, { peers: peers(UNIVERSE) });
    expect(files.map((file) => file.ticker).toSorted()).toEqual(
      instruments(UNIVERSE)
        .map((known) => known.ticker)
        .toSorted(),
    );
    expect(files.flatMap(({ verdict, problems }) => [verdict, ...problems])).toEqual(
      files.map(() => 'ok'),
    );
    const names = (await readdir(FOLDER)).filter((name) => name.endsWith('.parquet'));
    const sizes = await Promise.all(
      names.map(async (name) => (await readFile(join(FOLDER, name))).length),
    );
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThan(2_500_000);
  });

  it('holds every session of twelve years, from each listing on', () => {
    for (const { ticker: symbol, firstSession } of instruments(UNIVERSE)) {
      const first = firstSession > '2014-11-24' ? firstSession : day('2014-11-24');
      const expected = sessionsIn(first, LAST).map(({ date }) => date);
      expect(sample.get(symbol)?.dates).toEqual(expected);
    }
  });

  it('rounds prices to four decimals and volumes to whole shares', () => {
    for (const { open, high, low, close, volume } of sample.values()) {
      for (const prices of [open, high, low, close]) {
        expect(prices.every((price) => price === Number(price.toFixed(4)))).toBe(true);
      }
      expect(volume.every((shares) => Number.isInteger(shares) && shares > 0)).toBe(true);
    }
  });
});

describe('the sample market', () => {
  it('has two bear markets in SPY, one of some 30 % and one of some 22 %', () => {
    expect(bearMarkets(SPY)).toEqual([
      { peak: '2018-03-01', trough: '2018-11-28', depth: expect.closeTo(-0.293, 2) },
      { peak: '2025-02-14', trough: '2026-02-19', depth: expect.closeTo(-0.223, 2) },
    ]);
  });

  it('moves SPY by 16 to 18 % a year, and sectors by no more than 25 %', () => {
    expect(deviation(SPY) * Math.sqrt(252)).toBeGreaterThan(0.16);
    expect(deviation(SPY) * Math.sqrt(252)).toBeLessThan(0.18);
    for (const sector of SECTORS) {
      expect(deviation(sector) * Math.sqrt(252)).toBeGreaterThan(0.12);
      expect(deviation(sector) * Math.sqrt(252)).toBeLessThan(0.25);
    }
  });

  it('correlates sectors like sectors', () => {
    const pairs = SECTORS.flatMap((a, row) => SECTORS.slice(row + 1).map((b) => correlation(a, b)));
    expect(Math.min(...pairs)).toBeGreaterThan(0.5);
    expect(Math.max(...pairs)).toBeLessThan(0.87);
    expect(mean(pairs)).toBeGreaterThan(0.6);
    expect(mean(pairs)).toBeLessThan(0.8);
  });

  it('is moderately negatively correlated with treasuries, which rise in both bear markets', () => {
    expect(correlation(TLT, SPY)).toBeLessThan(-0.1);
    expect(correlation(TLT, SPY)).toBeGreaterThan(-0.5);
    const treasuries = closes(TLT);
    for (const { peak, trough } of bearMarkets(SPY)) {
      expect((treasuries.get(trough) ?? 0) / (treasuries.get(peak) ?? 1)).toBeGreaterThan(1.03);
    }
  });

  it('has calm and wild periods, and days that a normal distribution does not have', () => {
    const moves = returns(SPY, SPY).map(([change]) => change);
    const squares = moves.map((change) => change * change);
    const lagged = squares.slice(1).map((square, at) => [square, squares[at] ?? 0] as const);
    expect(covariance(lagged) / covariance(lagged.map(([, y]) => [y, y]))).toBeGreaterThan(0.1);
    expect(mean(squares.map((square) => square * square)) / mean(squares) ** 2).toBeGreaterThan(4);
  });

  it('lets every sector lead at some time, and none permanently', () => {
    const spy = sample.get(SPY)?.dates ?? [];
    const months = spy.filter(
      (date, row) => row > 130 && date.slice(0, 7) !== spy[row - 1]?.slice(0, 7),
    );
    const led = new Map<Ticker, number>();
    for (const date of months) {
      for (const sector of leaders(date)) led.set(sector, (led.get(sector) ?? 0) + 1);
    }
    expect([...led.keys()].toSorted()).toEqual(SECTORS.toSorted());
    expect(Math.max(...led.values())).toBeLessThan(months.length / 2);
    const changes = months.slice(1).map((date, at) => {
      const before = leaders(months[at] ?? date);
      return leaders(date).filter((sector) => !before.includes(sector)).length;
    });
    expect(mean(changes)).toBeGreaterThan(0.3);
    expect(mean(changes)).toBeLessThan(1.5);
  });
});

/** The three sectors of the highest 126-session momentum. */
function leaders(date: SessionDate): readonly Ticker[] {
  const momentum = (symbol: Ticker): number => {
    const history = sample.get(symbol);
    const row = history?.dates.indexOf(date) ?? -1;
    if (!history || row < 126) return Number.NEGATIVE_INFINITY;
    return (history.close[row] ?? 0) / (history.close[row - 126] ?? 1) - 1;
  };
  return SECTORS.toSorted((a, b) => momentum(b) - momentum(a)).slice(0, 3);
}
