/** Builders of bars for the tests of the market. */
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Bar, type BarHistory, barHistory } from '#core/domain/bar.ts';
import { sessionsIn } from '#core/domain/calendar.ts';
import { type SessionDate, sessionDate, type Ticker, ticker } from '#core/domain/units.ts';

export const XLK: Ticker = ticker('XLK');
export const XLF: Ticker = ticker('XLF');

export function day(text: string): SessionDate {
  return sessionDate(text);
}

/** A sound bar around a close in dollars. */
export function bar(date: string, close = 100, changes: Partial<Bar> = {}): Bar {
  return {
    date: day(date),
    open: close * 0.99,
    high: close * 1.02,
    low: close * 0.98,
    close,
    volume: 1_000,
    ...changes,
  };
}

/** One bar for each session in [from, to]; closes climb by a dime from 100 and are scaled. */
export function bars(from: string, to: string, scale = 1): readonly Bar[] {
  return sessionsIn(day(from), day(to)).map(({ date }) => {
    const age = (Date.parse(date) - Date.parse('2024-01-01')) / 86_400_000;
    return bar(date, (100 + age / 10) * scale);
  });
}

export function history(rows: readonly Bar[], symbol: Ticker = XLK): BarHistory {
  return barHistory(symbol, rows);
}

export function emptyFolder(): Promise<string> {
  return mkdtemp(join(tmpdir(), 'rotor-bars-'));
}
