/** A world in which nothing goes wrong, for laws to be held against. */
import { newYorkInstant } from '#core/domain/new-york.ts';
import { cents, sessionDate, ticker } from '#core/domain/units.ts';
import type { LawParts } from './years/order-laws.ts';
import { settingsWith } from './years/settings.ts';

/** Any ticker that may be traded. */
export const XLK = ticker('XLK');
/** Noon of a first session of a month. */
export const NOON = newYorkInstant(sessionDate('2024-07-01'), 12 * 60);

/** Parts of a world in which nothing goes wrong, and the laws that were broken. */
export function parts(over: object = {}) {
  const broken: string[] = [];
  const world = {
    settings: settingsWith(),
    time: { now: () => NOON, at: () => () => undefined },
    faults: { since: () => false },
    market: { isShut: () => false },
    exchange: { fake: { accepted: [] } },
    discord: { standing: () => [] },
    report: (law: string) => void broken.push(law),
    ...over,
  } as unknown as LawParts;
  return { world, broken };
}

/** A world that holds so much cash and nothing else. */
export function holding(cash: number, over: object = {}) {
  const holdings = () => ({ cash: cents(cash), shares: new Map() });
  return parts({ exchange: { holdings, due: new Map() }, market: {}, ...over });
}
