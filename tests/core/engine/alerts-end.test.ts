/** Alerts end when their cause does, and none keeps the desk degraded that nobody can end. */

import { describe, expect, it } from 'vitest';
import { parseSubject } from '#core/domain/alert.ts';
import { sessionDate } from '#core/domain/units.ts';
import { statusView } from '#core/views/status.ts';
import { withRows } from '#tests/support/bars.ts';
import { person } from '#tests/support/person.ts';
import { barsThrough, running, type World } from '#tests/support/world.ts';

const ROTATION = { cashUsd: 10_000, held: { XLF: 100 } } as const;
const ANN = person('ann');

const open = (desk: World) => [...desk.book().alerts.keys()];
const status = (desk: World) => statusView(desk.book(), desk.engine.observation()).status;

/** No rebalance of August is possible: a price is missing. */
async function without(): Promise<World> {
  const desk = await running(ROTATION);
  desk.target = ['XLU', 'XLY'];
  const real = desk.broker.latestPrices;
  desk.answers.latestPrices = async (tickers) =>
    new Map([...(await real(tickers))].filter(([each]) => each !== 'XLU'));
  desk.goTo('2024-08-01', '09:36');
  await desk.minutes(3);
  expect(open(desk)).toContain('no-decision');
  return desk;
}

async function approve(desk: World): Promise<void> {
  const plan = await desk.engine.propose(ANN);
  if ('kind' in plan) throw new Error(plan.reason);
  expect(await desk.engine.answer(plan.id, 'approved', ANN)).toEqual({ kind: 'accepted' });
}

describe('"no decision"', () => {
  it('is one alert, however often a decision is tried', async () => {
    const desk = await without();
    await desk.minutes(60);
    const told = desk.entries('alert').filter(({ alert }) => alert.subject.about === 'no-decision');
    expect(told).toHaveLength(1);
  });

  it('is told again on the next day, and not while only prices move', async () => {
    const desk = await running(ROTATION);
    desk.target = ['XLU', 'XLY'];
    desk.goTo('2024-08-01', '09:36');
    const said = () =>
      desk.entries('alert').filter(({ alert }) => alert.subject.about === 'no-decision');
    for (const day of [1, 2]) {
      desk.goTo(`2024-08-0${day}`, '09:36');
      for (const price of [150, 151.25, 152.5]) {
        desk.broker.setPrice('XLU', price);
        await desk.minutes(6);
      }
      expect(said()).toHaveLength(day);
    }
    expect(said()[1]?.alert.text).toContain('XLU: latest price 150');
  });

  it('ends when a person starts the rebalance', async () => {
    const desk = await without();
    delete desk.answers.latestPrices;
    await approve(desk);
    await desk.minutes(30);
    expect(open(desk)).toEqual([]);
    expect(status(desk)).toBe('HEALTHY');
  });

  it('ends when the data is complete, even if the rebalance is too late by then', async () => {
    const desk = await without();
    desk.goTo('2024-08-12', '10:00');
    delete desk.answers.latestPrices;
    await desk.minutes(20);
    expect(open(desk)).toEqual(['owed monthly-2024-08']);
  });
});

describe('a day that all tickers lack, long past', () => {
  it('may be a closing at short notice: the alert names the day and the setting', async () => {
    const desk = await running(ROTATION);
    const whole = barsThrough(sessionDate('2024-07-31'));
    desk.bars = () =>
      new Map(
        [...whole].map(([ticker, history]) => [
          ticker,
          withRows(history, (row) => (row.date === '2024-07-10' ? undefined : row)),
        ]),
      );
    desk.goTo('2024-08-01', '10:00');
    await desk.minutes(1);
    const alert = desk.book().alerts.get('no-decision')?.alert;
    expect(alert?.text).toMatch(/^XLK, [^:]*: expected 127 sessions[^;]*, found gap at 2024-07-10/);
    expect(alert?.remedy).toContain('closed on 2024-07-10, add the day to CLOSED_DAYS and restart');
  });
});

describe('late data', () => {
  it('is one alert, also while a rebalance waits for it', async () => {
    const desk = await running(ROTATION);
    desk.target = ['XLU', 'XLY'];
    desk.bars = () => barsThrough(sessionDate('2024-07-30'));
    desk.goTo('2024-08-01', '10:00');
    await desk.minutes(20);
    expect(open(desk)).toEqual(['data late']);
    expect(desk.entries('no-decision')).toHaveLength(1);
  });
});

describe('a limit that blocked orders', () => {
  it('is told once, and once more for tickers that it also blocks', async () => {
    const desk = await running(ROTATION);
    desk.target = ['XLU', 'XLY'];
    desk.goTo('2024-08-01', '10:00');
    const real = desk.broker.latestPrices;
    desk.answers.latestPrices = async (tickers) =>
      tickers.length > 1 && desk.book().rebalances.size === 1 ? real(tickers) : new Map();
    await desk.minutes(60);
    const told = desk.entries('alert').filter(({ alert }) => alert.title === 'Limit reached');
    expect(told.map(({ alert }) => alert.text.match(/XL\w/g))).toEqual([
      ['XLK', 'XLE'],
      ['XLK', 'XLE', 'XLU', 'XLY'],
    ]);
  });

  it('ends when a person cancelled the order and the rest has been executed', async () => {
    const desk = await running(ROTATION);
    desk.target = ['XLU', 'XLY'];
    desk.goTo('2024-08-01', '10:00');
    const real = desk.broker.latestPrices;
    desk.answers.latestPrices = async (tickers) =>
      tickers.length > 1 && desk.book().rebalances.size === 1 ? real(tickers) : new Map();
    await desk.minutes(3);
    expect(open(desk).filter((subject) => subject.startsWith('limit '))).toHaveLength(1);
    await desk.engine.cancel('all', 'ann');
    desk.answers.latestPrices = undefined;
    await desk.minutes(20);
    expect(open(desk).filter((subject) => subject.startsWith('limit '))).toEqual([]);
  });
});

describe('a missed rebalance', () => {
  async function missed(): Promise<World> {
    const desk = await running(ROTATION);
    desk.goTo('2024-08-12', '10:00');
    await desk.minutes(20);
    expect(open(desk)).toEqual(['owed monthly-2024-08']);
    return desk;
  }

  it('is done by an approved plan without trades', async () => {
    const desk = await missed();
    await approve(desk);
    await desk.minutes(20);
    expect(desk.posted().filter((order) => order.startsWith('sell XLK'))).toEqual([]);
    expect(open(desk)).toEqual([]);
    expect(desk.engine.observation().nextRebalance).toMatchObject({
      session: '2024-09-03',
      owed: false,
    });
  });

  it('may be skipped: acknowledged, it no longer degrades the status', async () => {
    const desk = await missed();
    expect(status(desk)).toBe('DEGRADED');
    desk.engine.acknowledge(parseSubject('owed monthly-2024-08'), 'ann');
    await desk.minutes(20);
    expect(open(desk)).toEqual(['owed monthly-2024-08']);
    expect(status(desk)).toBe('HEALTHY');
  });

  it('has an alert of its own each month', async () => {
    const desk = await missed();
    desk.engine.acknowledge(parseSubject('owed monthly-2024-08'), 'ann');
    desk.goTo('2024-09-16', '10:00');
    await desk.minutes(20);
    expect(open(desk)).toEqual(['owed monthly-2024-09']);
    expect(desk.entries('resolved').at(-1)?.text).toBe('It never ran; monthly-2024-09 is due now.');
  });

  it('is not reported as done when its deadline ends', async () => {
    const desk = await running(ROTATION);
    desk.engine.setState('HALT', 'ann', 'look');
    desk.goTo('2024-08-02', '10:00');
    await desk.minutes(5);
    expect(open(desk)).toContain('late');
    desk.goTo('2024-08-13', '10:00');
    await desk.minutes(5);
    const words = desk.entries('resolved').map(({ subject, text }) => `${subject.about}: ${text}`);
    expect(words).toEqual([
      'late-rebalance: Too old to run automatically: a person has to decide.',
    ]);
  });

  it('is closed as not done when the next one begins automatically', async () => {
    const desk = await missed();
    desk.engine.acknowledge(parseSubject('owed monthly-2024-08'), 'ann');
    desk.target = ['XLK', 'XLF'];
    desk.goTo('2024-09-03', '09:36');
    await desk.minutes(20);
    expect(desk.entries('resolved').at(-1)).toMatchObject({
      subject: parseSubject('owed monthly-2024-08'),
      text: 'It never ran; monthly-2024-09 has begun.',
      lapsed: true,
    });
  });
});
