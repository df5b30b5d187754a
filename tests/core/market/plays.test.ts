/**
 * What the market data can do to Rotor, played by the sandbox over the real SDK: what the store holds
 * afterwards, what the desk says, that nothing was decided on it, and that it heals by itself.
 */
import { afterEach, describe, expect, it } from 'vitest';
import type { BarHistory } from '#core/domain/bar.ts';
import { sessionDate } from '#core/domain/units.ts';
import { FRIDAY, openPlay, type Play, THURSDAY, TICKERS, truth, XLE } from './plays-world.ts';

const MONDAY = sessionDate('2024-03-11');
const open: Play[] = [];

afterEach(async () => {
  for (const play of open.splice(0)) await play.end();
});

async function play(options: Parameters<typeof openPlay>[0] = {}): Promise<Play> {
  const made = await openPlay(options);
  open.push(made);
  return made;
}

/** Filled on Thursday evening; what happens next is Friday's top-up. */
async function filled(options: Parameters<typeof openPlay>[0] = {}): Promise<Play> {
  const made = await play(options);
  await made.start();
  made.asked.length = 0;
  made.lines.length = 0;
  return made;
}

/** Every ticker's stored rows are the source's, through that session and not a row more. */
async function expectTruth(made: Play, last = FRIDAY): Promise<void> {
  const stored = await made.stored();
  for (const ticker of TICKERS) expect(stored.get(ticker)).toEqual(truth(ticker, last));
}

function scaled(history: BarHistory, factor: number): BarHistory {
  const by = (column: Float64Array): Float64Array => column.map((price) => price * factor);
  const { open: first, high, low, close } = history;
  return { ...history, open: by(first), high: by(high), low: by(low), close: by(close) };
}

/** The same rows but for roundings in the fifteenth place. */
function expectClose(found: BarHistory | undefined, expected: BarHistory): void {
  expect(found?.dates).toEqual(expected.dates);
  found?.close.forEach((close, row) => {
    expect(close).toBeCloseTo(expected.close[row] ?? Number.NaN, 9);
  });
}

/** The first rebalance is due on Monday; with sound bars it is decided within one wake. */
async function expectDecisionOn(made: Play, date: string, time: string): Promise<void> {
  expect(made.decisions()).toBe(0);
  await made.goTo(date, time);
  expect([made.decisions(), made.missing()]).toEqual([1, undefined]);
}

describe('a healthy source', () => {
  it('provides whole histories in six requests a session, and a decision follows', async () => {
    const made = await play();
    await made.start();
    // Five of at most three whole histories each, and one that compares the newest closes.
    expect(made.asked).toHaveLength(6);
    await expectTruth(made, THURSDAY);
    await made.goTo('2024-03-08', '16:20');
    expect(made.asked).toHaveLength(12);
    await expectTruth(made);
    expect(await made.entry(XLE)).toMatchObject({
      source: 'Alpaca',
      feed: 'sip',
      adjustment: 'all',
    });
    await expectDecisionOn(made, '2024-03-11', '09:40');
  });

  it('shows Discord how far the first load has come', async () => {
    const made = await play();
    await made.start();
    expect(made.progress).toEqual(
      TICKERS.map((_, done) => `bars ${done + 1} of 13, header ${done + 1}/13`),
    );
    expect(made.header().data.progress).toBeUndefined();
    made.progress.length = 0;
    await made.goTo('2024-03-08', '16:20');
    expect(made.progress).toEqual([]);
  });

  it('shows it too if the first load was not possible at the start', async () => {
    const made = await play();
    const heal = made.faults.on({ kind: 'no-entitlement' });
    await made.start();
    expect(made.progress).toEqual([]);
    heal();
    await made.goTo('2024-03-08', '09:40');
    expect(made.progress.at(-1)).toBe('bars 13 of 13, header 13/13');
  });
});

describe('a rejected consolidated tape', () => {
  it('at the first load: IEX is used and named, and the tape replaces it when it is back', async () => {
    const made = await play();
    const heal = made.faults.on({ kind: 'no-sip' });
    await made.start();
    expect(made.lines).toContain(
      'bars: the account may not have the consolidated tape (sip); IEX stands in',
    );
    expect(await made.entry(XLE)).toMatchObject({ rows: 296, last: THURSDAY, feed: 'iex' });
    heal();
    await made.goTo('2024-03-08', '16:20');
    expect(await made.entry(XLE)).toMatchObject({ rows: 297, last: FRIDAY, feed: 'sip' });
    await expectTruth(made);
    await expectDecisionOn(made, '2024-03-11', '09:40');
  });

  it('at an update: the tape’s rows stay, IEX only adds, and the tape is complete again later', async () => {
    const made = await filled();
    const heal = made.faults.on({ kind: 'no-sip' });
    await made.goTo('2024-03-08', '16:20');
    expect(await made.entry(XLE)).toMatchObject({ rows: 297, last: FRIDAY, feed: 'sip, then iex' });
    const stored = (await made.stored()).get(XLE);
    expect(stored?.volume.slice(0, -1)).toEqual(truth(XLE, THURSDAY).volume);
    expect(stored?.volume.at(-1)).toBeLessThan(40_000);
    heal();
    await expectDecisionOn(made, '2024-03-11', '09:40');
    await made.goTo('2024-03-11', '16:20');
    expect(await made.entry(XLE)).toMatchObject({ rows: 298, last: MONDAY, feed: 'sip' });
    expect((await made.stored(MONDAY)).get(XLE)).toEqual(truth(XLE, MONDAY));
  });

  it('with a dividend meanwhile: that ticker waits for the tape, and nothing is decided', async () => {
    const made = await filled();
    const heal = made.faults.on({ kind: 'no-sip' });
    made.faults.adjust({ ticker: XLE, ex: FRIDAY, factor: 0.994 });
    await made.goTo('2024-03-08', '16:20');
    expect(await made.entry(XLE)).toMatchObject({ rows: 296, last: THURSDAY, feed: 'sip' });
    await made.goTo('2024-03-11', '09:40');
    expect(made.decisions()).toBe(0);
    expect(made.missing()).toMatch(
      /XLE: .*IEX: its closes are 0\.9940 times the stored ones; that waits/,
    );
    heal();
    await expectDecisionOn(made, '2024-03-11', '10:46');
    expectClose((await made.stored()).get(XLE), scaled(truth(XLE, FRIDAY), 0.994));
  });
});

describe('an incomplete answer', () => {
  it('with a page lost at the first load: tickers without its rows are requested alone, and the next session completes them', async () => {
    const made = await play();
    const heal = made.faults.on({ kind: 'page-lost', page: 2, points: 300 });
    await made.start();
    expect(made.missing()).toContain('XLF');
    await made.goTo('2024-03-07', '16:30');
    expect([made.missing(), made.asked.length > 6]).toEqual([undefined, true]);
    heal();
    await made.goTo('2024-03-08', '16:20');
    await expectTruth(made);
  });

  it('with a page lost a session later: the same, and the stored rows stay meanwhile', async () => {
    const made = await filled();
    made.faults.on({ kind: 'page-lost', page: 3, points: 300 });
    await made.goTo('2024-03-08', '16:20');
    const [third = XLE] = TICKERS;
    expect((await made.stored()).get(third)).toEqual(truth(third, THURSDAY));
    expect(made.missing()).toContain('the source now has no bar');
    await made.goTo('2024-03-08', '16:30');
    await expectTruth(made);
    await expectDecisionOn(made, '2024-03-11', '09:40');
  });

  it('with one ticker rejected while the others continue: the header shows its age', async () => {
    const made = await filled();
    made.faults.on({ kind: 'no-sip' });
    made.faults.adjust({ ticker: XLE, ex: FRIDAY, factor: 0.994 });
    for (const date of ['2024-03-08', '2024-03-11', '2024-03-12']) await made.goTo(date, '16:20');
    const { asOf, ageSessions, faulty } = made.header().data;
    expect({ asOf, ageSessions }).toEqual({ asOf: THURSDAY, ageSessions: 3 });
    expect(JSON.stringify(faulty)).toContain('XLE');
  });

  it('with a page that names itself as the next: nothing of it is stored, and it is reported', async () => {
    const made = await filled();
    const heal = made.faults.on({ kind: 'page-repeats', points: 50 });
    await made.goTo('2024-03-08', '16:20');
    await expectTruth(made, THURSDAY);
    expect(made.problem()).toBe(
      "bars: Alpaca's answer is not sound: a page names one that was there",
    );
    await made.goTo('2024-03-11', '09:40');
    expect(made.decisions()).toBe(0);
    heal();
    await expectDecisionOn(made, '2024-03-11', '09:46');
    await expectTruth(made);
  });

  it('without one ticker: the others are updated, it is named, and nothing is decided', async () => {
    const made = await filled();
    const heal = made.faults.on({ kind: 'absent', ticker: XLE, alone: true });
    await made.goTo('2024-03-08', '16:20');
    expect((await made.entry(XLE))?.last).toBe(THURSDAY);
    expect((await made.entry(TICKERS[0] ?? XLE))?.last).toBe(FRIDAY);
    expect(made.lines).toContain('bars: Alpaca has no bar of 2024-03-08 for XLE');
    await made.goTo('2024-03-11', '09:40');
    expect(made.decisions()).toBe(0);
    expect(made.missing()).toBe('XLE: expected 2024-03-08, found 2024-03-07.');
    heal();
    await expectDecisionOn(made, '2024-03-11', '09:46');
    await expectTruth(made);
  });

  it('without one ticker only in joint requests: it is found when requested alone', async () => {
    const made = await filled();
    made.faults.on({ kind: 'absent', ticker: XLE, alone: false });
    await made.goTo('2024-03-08', '16:20');
    await made.goTo('2024-03-08', '16:30');
    await expectTruth(made);
  });

  it('without two tickers only in joint requests: each is found when requested alone', async () => {
    const made = await filled();
    made.faults.on({ kind: 'absent', ticker: XLE, alone: false });
    made.faults.on({ kind: 'absent', ticker: TICKERS[0] ?? XLE, alone: false });
    await made.goTo('2024-03-08', '16:20');
    await made.goTo('2024-03-08', '16:30');
    await expectTruth(made);
  });

  it('without one ticker at the first load: it is requested until it is found', async () => {
    const made = await play();
    const heal = made.faults.on({ kind: 'absent', ticker: XLE, alone: true });
    await made.start();
    await made.goTo('2024-03-08', '09:40');
    expect([made.decisions(), await made.entry(XLE)]).toEqual([0, undefined]);
    expect(made.missing()).toContain('XLE: expected 2024-03-07, found none');
    heal();
    await expectDecisionOn(made, '2024-03-08', '09:46');
    await expectTruth(made, THURSDAY);
  });

  it('that is empty on a weekend: the stored rows stay, and Monday decides on Friday’s close', async () => {
    const made = await filled();
    const heal = made.faults.on({ kind: 'empty' });
    await made.goTo('2024-03-09', '12:00');
    await made.goTo('2024-03-10', '12:00');
    await expectTruth(made, THURSDAY);
    expect(made.missing()).toMatch(/^XLK\b.*: expected 2024-03-08/);
    heal();
    await expectDecisionOn(made, '2024-03-11', '09:40');
    await expectTruth(made);
  });

  it('on a weekend with everything stored: nothing is requested', async () => {
    const made = await filled();
    await made.goTo('2024-03-08', '16:20');
    made.asked.length = 0;
    await made.goTo('2024-03-09', '12:00');
    await made.goTo('2024-03-10', '23:00');
    expect(made.asked).toEqual([]);
  });
});

describe('prices on another scale', () => {
  it('after a split: the whole history of that ticker is fetched again', async () => {
    const made = await filled();
    made.faults.adjust({ ticker: XLE, ex: FRIDAY, factor: 0.5 });
    await made.goTo('2024-03-08', '16:20');
    expect(made.asked).toHaveLength(6);
    expect(made.lines).toContain('bars: XLE was adjusted since');
    expectClose((await made.stored()).get(XLE), scaled(truth(XLE, FRIDAY), 0.5));
    await expectDecisionOn(made, '2024-03-11', '09:40');
  });

  it('after a dividend: the same, for a step of half a per cent', async () => {
    const made = await filled();
    made.faults.adjust({ ticker: XLE, ex: FRIDAY, factor: 0.995 });
    await made.goTo('2024-03-08', '16:20');
    expectClose((await made.stored()).get(XLE), scaled(truth(XLE, FRIDAY), 0.995));
    expect(await made.entry(XLE)).toMatchObject({ rows: 297, feed: 'sip' });
    await expectDecisionOn(made, '2024-03-11', '09:40');
  });

  it('raw despite adjustment=all at an update: named, not decided on, and corrected later', async () => {
    const made = await filled();
    const heal = made.faults.on({ kind: 'raw' });
    made.faults.adjust({ ticker: XLE, ex: FRIDAY, factor: 0.5 });
    await made.goTo('2024-03-08', '16:20');
    expect(made.missing()).toContain('on 2024-03-08 (jump)');
    await made.goTo('2024-03-11', '09:40');
    expect(made.decisions()).toBe(0);
    expect(made.alerts().join()).toMatch(/Bars in doubt: XLE: .*-49\.7 %/);
    heal();
    await expectDecisionOn(made, '2024-03-11', '09:46');
    expectClose((await made.stored()).get(XLE), scaled(truth(XLE, FRIDAY), 0.5));
  });

  it('raw at the first load: the jump inside is named, and the history is requested again', async () => {
    const made = await play();
    const heal = made.faults.on({ kind: 'raw' });
    made.faults.adjust({ ticker: XLE, ex: sessionDate('2024-01-16'), factor: 0.5 });
    await made.start();
    await made.goTo('2024-03-08', '09:40');
    expect(made.decisions()).toBe(0);
    expect(made.missing()).toContain('on 2024-01-16 (jump)');
    heal();
    await expectDecisionOn(made, '2024-03-08', '09:46');
    expectClose((await made.stored()).get(XLE), scaled(truth(XLE, THURSDAY), 0.5));
  });
});

describe('a bar that is not final', () => {
  it('intraday after the requested end is not stored', async () => {
    const made = await play({ date: '2024-03-08', time: '12:00' });
    made.faults.on({ kind: 'past-the-end' });
    await made.start();
    await expectTruth(made, THURSDAY);
    await made.goTo('2024-03-08', '16:10');
    await expectTruth(made, THURSDAY);
  });

  it('intraday served as Friday’s: the other source shows it, and Monday corrects it', async () => {
    const made = await filled();
    const heal = made.faults.on({ kind: 'unfinished', date: FRIDAY, everywhere: false });
    await made.goTo('2024-03-08', '16:20');
    const stored = (await made.stored()).get(XLE);
    expect(stored?.close.at(-1)).not.toBe(truth(XLE, FRIDAY).close.at(-1));
    const findings = made.findings().filter((finding) => finding.includes('iex has'));
    expect(findings.length).toBeGreaterThan(0);
    heal();
    await made.goTo('2024-03-11', '16:20');
    expect((await made.stored(MONDAY)).get(XLE)).toEqual(truth(XLE, MONDAY));
  });
});

describe('a failing server', () => {
  it.each([
    [429, 'bars: Alpaca gave status 429: too many requests.'],
    [503, 'bars: Alpaca gave status 503'],
  ])('with temporary %i answers costs only time', async (status) => {
    const made = await filled();
    made.faults.on({ kind: 'storm', status, retryAfterSeconds: 20 }, 3);
    made.time.advanceTo(made.at('2024-03-08', '16:20'));
    await made.engine.wake();
    await expectTruth(made);
    expect(made.pause.now()).toBe(60_000);
    expect(made.asked).toHaveLength(9);
  });

  it.each([
    // Who names a wait is asked as often as that fits a minute and a half.
    [429, 40, 3, /^bars: Alpaca gave status 429: too many requests\./],
    [502, undefined, 4, /^bars: Alpaca gave status 502;/],
  ])(
    'with permanent %i answers: limited attempts, a report, no decision, and recovery',
    async (status, retryAfterSeconds, attempts, said) => {
      const made = await filled();
      const wish = retryAfterSeconds === undefined ? {} : { retryAfterSeconds };
      const heal = made.faults.on({ kind: 'storm', status, ...wish });
      await made.goTo('2024-03-08', '16:20');
      expect(made.asked).toHaveLength(attempts);
      await expectTruth(made, THURSDAY);
      await made.goTo('2024-03-11', '09:40');
      expect(made.decisions()).toBe(0);
      expect(made.problem()).toMatch(said);
      heal();
      await expectDecisionOn(made, '2024-03-11', '09:46');
      await expectTruth(made);
    },
  );
});

describe('a complete lack of market data', () => {
  it('is waited for once per load, however many tickers remain', async () => {
    const made = await filled();
    made.alpaca.faults.add({
      on: (occasion) => {
        // One answer comes, and then nothing more.
        const storm = { kind: 'storm', status: 503 } as const;
        if (occasion.kind === 'request' && made.asked.length === 2) made.faults.on(storm);
        return false;
      },
      fault: { kind: 'lose' },
    });
    await made.goTo('2024-03-08', '16:20');
    // One answer, four attempts at the second, and one that compares the closes which came.
    expect(made.asked).toHaveLength(6);
    const lasts = [...(await made.stored()).values()].map(({ dates }) => dates.at(-1));
    expect(lasts.filter((last) => last === FRIDAY)).toHaveLength(3);
    made.faults.clear();
    await made.goTo('2024-03-08', '16:30');
    expect((await made.stored()).get(XLE)?.dates.at(-1)).toBe(FRIDAY);
  });

  it('because of keys without entitlement at the first start: it runs, says so, and recovers', async () => {
    const made = await play();
    const heal = made.faults.on({ kind: 'no-entitlement' });
    await made.start();
    await made.goTo('2024-03-08', '09:40');
    expect(made.problem()).toContain(
      'bars: Alpaca gave status 403: market data is not included in this subscription',
    );
    expect(made.engine.observation()).toMatchObject({ broker: { connected: true } });
    expect(made.engine.observation().account?.status).toBe('ACTIVE');
    expect([made.decisions(), (await made.stored()).size]).toEqual([0, 0]);
    expect(
      made
        .header()
        .reasons.map(({ text }) => text)
        .join(),
    ).toContain('status 403');
    heal();
    await expectDecisionOn(made, '2024-03-08', '09:46');
  });

  it('is bridged by the cache while it is fresh; then the missing session is named, and positions stay', async () => {
    const made = await filled();
    await made.goTo('2024-03-08', '09:40');
    expect(made.decisions()).toBe(1);
    const held = made.engine.observation().positions.length;
    expect(held).toBeGreaterThan(0);
    const heal = made.faults.on({ kind: 'no-entitlement' });
    await made.goTo('2024-03-08', '12:00');
    // Thursday's bars are the newest there can be: they still rank.
    expect(made.header().data.asOf).toBe(THURSDAY);
    expect(made.engine.observation().data.rankings[0]?.asOf).toBe(THURSDAY);
    expect(made.missing()).toContain('XLY has no price');
    expect(made.missing()).not.toContain('found 2024-03-07');
    await made.goTo('2024-03-08', '16:45');
    await made.goTo('2024-03-11', '10:00');
    expect(made.missing()).toMatch(/^XLK\b.*: expected 2024-03-08, found/);
    expect(made.alerts().join()).toContain('No bar of 2024-03-08 for XLK, XLF');
    expect([made.decisions(), made.engine.observation().positions.length]).toEqual([1, held]);
    await made.restart();
    expect(made.header().data.asOf).toBe(THURSDAY);
    heal();
    await made.goTo('2024-03-11', '10:06');
    expect([made.missing(), made.alerts()]).toEqual([undefined, []]);
    await expectTruth(made);
  });

  it('because the network refuses connections: nothing is lost, nothing decided, and it recovers by itself', async () => {
    const made = await filled();
    await made.alpaca.unplug();
    await made.goTo('2024-03-08', '16:20');
    await made.goTo('2024-03-11', '09:40');
    await expectTruth(made, THURSDAY);
    expect(made.decisions()).toBe(0);
    expect(made.engine.observation().broker.connected).toBe(false);
    await made.alpaca.plug();
    await made.goTo('2024-03-11', '09:46');
    await made.goTo('2024-03-11', '09:52');
    expect([made.decisions(), made.missing()]).toEqual([1, undefined]);
    await expectTruth(made);
  });

  it('because connections hang: each attempt ends in time, and it recovers', async () => {
    const made = await filled({ timeoutMs: 600 });
    const until = Promise.withResolvers<void>();
    made.alpaca.faults.add({
      on: (occasion) => occasion.kind === 'request' && occasion.path === '/v2/stocks/bars',
      fault: { kind: 'hold', effect: false, until: until.promise },
      times: 4,
    });
    await made.goTo('2024-03-08', '16:20');
    expect(made.problem()).toBe('bars: Alpaca gave no answer in time');
    await expectTruth(made, THURSDAY);
    until.resolve();
    await made.goTo('2024-03-08', '16:30');
    await expectTruth(made);
  });
});
