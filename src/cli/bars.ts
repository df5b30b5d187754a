/** The folder that the offline commands read, and its content. */
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { type Bars, lastClose, truncateTo } from '#core/domain/bar.ts';
import { lastClosedSession } from '#core/domain/calendar.ts';
import { newYorkDate } from '#core/domain/new-york.ts';
import { epochMs, type SessionDate, type Ticker } from '#core/domain/units.ts';
import { instruments, UNIVERSE } from '#core/domain/universe.ts';
import { type FolderBars, readFolder } from '#core/market/files/folder.ts';
import { type CliParts, type Environment, type OptionValues, UsageError } from './command.ts';
import { optional } from './options.ts';
import { stateDir } from './state-dir.ts';

/** The folder to read, including its subfolder `equities`. @throws UsageError when it is not a folder. */
export function barFolder(values: OptionValues, env: Environment): string {
  const given = optional(values, 'data');
  const folder = storeFolder(values, env);
  if (!isFolder(folder)) {
    const found = given === undefined ? `nothing given and no folder ${folder}` : `"${folder}"`;
    throw new UsageError(`--data: expected a folder of TICKER_1D.parquet files, found ${found}`);
  }
  return folder;
}

/** The same folder, whether or not it exists. */
export function storeFolder(values: OptionValues, env: Environment): string {
  return optional(values, 'data') ?? (env['DATA_DIR'] || join(stateDir({}, { env }), 'bars'));
}

/** Whether a folder of that name exists. */
export function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}

/** The latest date that a file may contain: the current New York date. */
export function latestDay({ now }: Pick<CliParts, 'now'>): SessionDate {
  return newYorkDate(now());
}

/**
 * Every ticker of the universe, and `more`. Bars of a session that is not over are left out, as they have
 * no close.
 */
export async function readBars(
  values: OptionValues,
  parts: CliParts,
  more: readonly Ticker[] = [],
): Promise<FolderBars> {
  const own = instruments(UNIVERSE).map(({ ticker }) => ticker);
  const set = await readFolder({
    folders: [barFolder(values, parts.env)],
    tickers: [...new Set([...own, ...more])],
    latest: latestDay(parts),
  });
  const complete = lastClosedSession(epochMs(parts.now())).date;
  const bars = [...set.bars].map(
    ([ticker, history]) => [ticker, truncateTo(history, complete)] as const,
  );
  return { ...set, bars: new Map(bars) };
}

/** A line for each file that was rejected or repaired. */
export function remarksOn({ refused, repaired }: FolderBars): readonly string[] {
  return [
    ...[...refused].map(([ticker, reason]) => `${ticker}: file refused: ${reason}`),
    ...[...repaired].map(([ticker, reason]) => `${ticker}: file repaired: ${reason}`),
  ];
}

/** The last close of each ticker on or before the session, in dollars. */
export function closesAt(bars: Bars, asOf: SessionDate): ReadonlyMap<Ticker, number> {
  const prices = new Map<Ticker, number>();
  for (const [ticker, history] of bars) {
    const close = lastClose(truncateTo(history, asOf));
    if (close !== undefined) prices.set(ticker, close);
  }
  return prices;
}
