/** Cost of the first fetch and of a daily update, with the real SDK against the loopback Alpaca. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createAlpacaClient } from '#core/broker/client.ts';
import { lastClosedSession, sessionOffset } from '#core/domain/calendar.ts';
import { epochMs, type SessionDate } from '#core/domain/units.ts';
import { instruments, peers, UNIVERSE } from '#core/domain/universe.ts';
import { createBarStore } from '#core/market/bar-store.ts';
import { readFolder } from '#core/market/files/folder.ts';
import { createAlpacaBars } from '#core/market/source/alpaca-bars.ts';
import { createSandboxAlpaca } from '#sandbox/alpaca/server.ts';
import { systemClock } from '#src/time.ts';
import { createManualTime } from '#tests/support/manual-time.ts';
import type { Report } from './bars.ts';

const TICKERS = instruments(UNIVERSE).map(({ ticker }) => ticker);
const AFTER_CLOSE_MS = 20 * 60_000;

/** Prints seconds and requests; the folder is on the disk of temporary files. */
export async function benchFetch(report: Report): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'rotor-bench-fetch-'));
  const latest = lastClosedSession(epochMs(Date.now())).date;
  const { bars } = await readFolder({ folders: ['data/sample'], tickers: TICKERS, latest });
  const last = [...bars.values()].flatMap(({ dates }) => dates.at(-1) ?? []).toSorted()[0];
  if (last === undefined) throw new Error('data/sample: expected bars, found none');
  const before = sessionOffset(last, -1);
  const time = createManualTime(epochMs(before.close + AFTER_CLOSE_MS));
  const alpaca = await createSandboxAlpaca({ bars, time, seed: 1, stateDir: undefined });
  try {
    const requests = countRequests(alpaca.faults);
    const log = { info() {}, warn: console.warn, error: console.error };
    const store = createBarStore({
      peers: peers(UNIVERSE),
      folder,
      fetcher: createAlpacaBars({
        alpaca: createAlpacaClient({
          keyId: alpaca.keyId,
          secret: alpaca.secret,
          apiBase: alpaca.url,
          maxRetries: 0,
        }),
        clock: time,
        pause: systemClock(),
        log,
      }),
      tickers: TICKERS,
      name: 'bench',
      clock: time,
      log,
    });
    const measured = async (name: string, through: SessionDate): Promise<void> => {
      requests.take();
      const start = performance.now();
      const { bars: found } = await store.load(through);
      report(name, (performance.now() - start) / 1000, 's');
      report('  requests', requests.take(), '');
      const rows = [...found.values()].reduce((sum, { dates }) => sum + dates.length, 0);
      report('  rows held then', rows, '');
    };
    await measured('first fill, eleven years of 13 tickers', before.date);
    time.advanceTo(epochMs(sessionOffset(last, 0).close + AFTER_CLOSE_MS));
    await measured('daily top-up of 13 tickers', last);
    await measured('a load that needs nothing', last);
  } finally {
    await alpaca.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

/**
 * Every request for bars is checked against the list of faults, so it can be counted there; none matches.
 */
function countRequests(faults: Awaited<ReturnType<typeof createSandboxAlpaca>>['faults']) {
  let count = 0;
  faults.add({
    on: (occasion) => {
      if (occasion.kind === 'request') count += 1;
      return false;
    },
    fault: { kind: 'lose' },
  });
  return {
    take(): number {
      const taken = count;
      count = 0;
      return taken;
    },
  };
}
