/**
 * A quarter in the sandbox with a deposit, a transfer of shares, dividends, a split whose shares come a
 * day late, a fee and a withdrawal: what header, performance, report, tax, income and export say, beside
 * the same numbers from the broker's rows and the traded prices.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sessionsIn } from '#core/domain/calendar.ts';
import type { DataTable } from '#core/domain/table.ts';
import { sessionDate } from '#core/domain/units.ts';
import { equityTable, fillTable, gainTable, lotTable } from '#core/views/export.ts';
import { incomeView } from '#core/views/income.ts';
import { performanceView } from '#core/views/performance.ts';
import { periodOf, periodsIn } from '#core/views/periods.ts';
import { reportView } from '#core/views/report.ts';
import { taxView } from '#core/views/tax.ts';
import { taxCsv } from '#core/views/tax-csv.ts';
import { MODELS } from '#models/list.ts';
import type { Play } from '#tests/core/market/plays-world.ts';
import { ACTIONS } from './quarter-prices.ts';
import {
  type BrokerRow,
  factsOf,
  rateOf,
  sum,
  type TrueDay,
  trueDays,
  trueSales,
} from './quarter-truth.ts';
import { FIRST, LAST, liveQuarter, TRADED } from './quarter-world.ts';

const OPENING_CASH = 100_000_00;
const DAYS = sessionsIn(sessionDate(FIRST), sessionDate(LAST)).map(({ date }) => date);

let play: Play;
let facts: ReturnType<typeof factsOf>;
let days: readonly TrueDay[];
let account: { readonly equity: string; readonly cash: string };

async function asked(path: string): Promise<unknown> {
  const { url, keyId, secret } = play.alpaca;
  const headers = { 'apca-api-key-id': keyId, 'apca-api-secret-key': secret };
  return (await fetch(`${url}${path}`, { headers })).json();
}

async function brokerRows(): Promise<readonly BrokerRow[]> {
  const rows: (BrokerRow & { readonly id: string })[] = [];
  for (;;) {
    const token = rows.at(-1)?.id;
    const from = token === undefined ? '' : `&page_token=${token}`;
    const page = await asked(`/v2/account/activities?direction=asc&page_size=100${from}`);
    if (!Array.isArray(page) || page.length === 0) return rows;
    rows.push(...page);
  }
}

beforeAll(async () => {
  play = await liveQuarter();
  await play.engine.look();
  facts = factsOf(await brokerRows(), ACTIONS);
  days = trueDays(facts, DAYS, OPENING_CASH, { prices: TRADED, actions: ACTIONS });
  account = (await asked('/v2/account')) as typeof account;
}, 300_000);

afterAll(() => play.end());

const book = () => play.journal.book();
const seen = () => play.engine.observation();
const last = (): TrueDay => days.at(-1) as TrueDay;

/** The last day before that date; undefined: the beginning. */
function dayBefore(date: string): TrueDay | undefined {
  return days.findLast((day) => day.date < date);
}

/** From a day, or from the beginning, to another. */
function returns(from: TrueDay | undefined, to: TrueDay) {
  const [you, spy] = [to.you / (from?.you ?? 1) - 1, to.spy / (from?.spy ?? 1) - 1];
  return { you, spy, alpha: you - spy };
}

function rowsOf(table: DataTable): readonly Readonly<Record<string, unknown>>[] {
  return Array.from({ length: table.rows }, (_, row) =>
    Object.fromEntries(table.columns.map(({ name, values }) => [name, values[row]])),
  );
}

const NEAR = 9;

describe('a quarter in the sandbox', () => {
  it('contains every kind of movement, sales with losses, and the late shares of a split', () => {
    const types = new Set(facts.map(({ type }) => type));
    expect([...types].toSorted()).toEqual(['ACATS', 'CSD', 'CSW', 'DIV', 'FEE', 'FILL', 'SPLIT']);
    expect(trueSales(facts).sales.some(({ disallowed }) => disallowed > 0)).toBe(true);
    expect(last().equity / 100).toBeCloseTo(Number(account.equity), 9);
    expect(last().cash / 100).toBeCloseTo(Number(account.cash), 9);
  });

  it('closes every session at cash and shares times the price of the close', () => {
    const closes = book().equity.map(({ session, equity, cash, holdings }) => ({
      date: session,
      equity,
      cash,
      shares: sorted([...(holdings ?? [])].map(([ticker, { qty }]) => [ticker, qty / 1e9])),
    }));
    const truth = days.map(({ date, equity, cash, shares }) => {
      return { date, equity, cash, shares: sorted([...shares]) };
    });
    expect(closes).toEqual(truth);
    const rows = rowsOf(equityTable(book()));
    expect(rows.map((row) => [row['session'], row['equity_cents'], row['cash_cents']])).toEqual(
      days.map(({ date, equity, cash }) => [date, equity, cash]),
    );
    const spy = new Map(TRADED.get('SPY')?.map(({ date, close }) => [date, close]));
    expect(rows.map((row) => Math.round(Number(row['benchmark_usd']) * 100) / 100)).toEqual(
      days.map(({ date }) => spy.get(date)),
    );
  });

  it('shows in the header the account’s value and gain', () => {
    const { equity, cash, exposure, today, sinceStart } = play.header();
    expect([equity, cash]).toEqual([last().equity, last().cash]);
    expect(exposure).toBeCloseTo((last().equity - last().cash) / last().equity, NEAR);
    expect(today).toBeCloseTo(returns(dayBefore(LAST), last()).you, NEAR);
    const { you, spy, alpha } = returns(undefined, last());
    expect(sinceStart?.you).toBeCloseTo(you, NEAR);
    expect(sinceStart?.spy).toBeCloseTo(spy, NEAR);
    expect(sinceStart?.alpha).toBeCloseTo(alpha, NEAR);
  });

  it('has the same returns in every window of the performance', () => {
    const { windows, months, estimatedDividends } = performance();
    const starts: Readonly<Record<string, TrueDay | undefined>> = {
      '1D': dayBefore(LAST),
      '1W': days.find(({ date }) => date === '2024-03-21'),
      MTD: dayBefore('2024-03-01'),
      YTD: undefined,
      'since start': undefined,
    };
    for (const { name, you, spy } of windows.filter(({ name: each }) => each !== '1Y')) {
      const expected = returns(starts[name], last());
      expect([name, you.gain?.toFixed(NEAR)]).toEqual([name, expected.you.toFixed(NEAR)]);
      expect([name, spy.gain?.toFixed(NEAR)]).toEqual([name, expected.spy.toFixed(NEAR)]);
      expect([name, you.alpha?.toFixed(NEAR)]).toEqual([name, expected.alpha.toFixed(NEAR)]);
    }
    expect(
      months.map(({ month, you, spy }) => [month, you?.toFixed(NEAR), spy?.toFixed(NEAR)]),
    ).toEqual(
      ['2024-01', '2024-02', '2024-03'].map((month) => {
        const of = returns(dayBefore(`${month}-01`), lastOf(month));
        return [month, of.you.toFixed(NEAR), of.spy.toFixed(NEAR)];
      }),
    );
    expect(estimatedDividends).toBe(0);
  });

  it('has the same statistics of the whole quarter', () => {
    const whole = performance().windows.at(-1);
    const daily = (side: 'you' | 'spy'): readonly number[] =>
      days.map((day, index) => day[side] / (days[index - 1]?.[side] ?? 1) - 1);
    const [own, market] = [daily('you'), daily('spy')];
    const mean = (values: readonly number[]): number => sum(values) / values.length;
    const spread = (values: readonly number[]): number =>
      sum(values.map((each) => (each - mean(values)) ** 2)) / (values.length - 1);
    const both = sum(
      own.map((each, index) => (each - mean(own)) * ((market[index] ?? 0) - mean(market))),
    );
    const short = mean(own.map((each) => Math.min(0, each) ** 2));
    const falls = days.map(
      (day, index) => 1 - day.you / Math.max(1, ...days.slice(0, index + 1).map(({ you }) => you)),
    );
    expect(whole?.you.volatility).toBeCloseTo(Math.sqrt(spread(own) * 252), NEAR);
    expect(whole?.you.sharpe).toBeCloseTo((mean(own) / Math.sqrt(spread(own))) * 252 ** 0.5, 8);
    expect(whole?.you.sortino).toBeCloseTo((mean(own) / Math.sqrt(short)) * 252 ** 0.5, 8);
    expect(whole?.you.beta).toBeCloseTo(both / (own.length - 1) / spread(market), 8);
    expect(whole?.you.maxDrawdown).toBeCloseTo(Math.max(...falls), NEAR);
    expect([whole?.you.yearly, whole?.you.calmar]).toEqual([undefined, undefined]);
    expect([whole?.sessions, whole?.missed]).toEqual([days.length, 0]);
  });

  it('shows the gain of the money, and that of the same money in SPY', () => {
    const money = performance().windows.at(-1)?.money;
    expect(money?.begin).toBe(OPENING_CASH);
    expect(money?.deposited).toBe(sum(days.map(({ deposited }) => deposited)));
    expect(money?.withdrawn).toBe(sum(days.map(({ withdrawn }) => withdrawn)));
    expect(money?.you.worth).toBe(last().equity);
    let market = OPENING_CASH;
    for (const [index, { spy, deposited, withdrawn }] of days.entries()) {
      market = (market + deposited) * (spy / (days[index - 1]?.spy ?? 1)) - withdrawn;
    }
    expect(money?.spy.worth).toBe(Math.round(market));
    expect(money?.you.rate).toBeCloseTo(rateOf(flows(), last().equity), 5);
    expect(money?.spy.rate).toBeCloseTo(rateOf(flows(), market), 5);
  });

  it('reports every day, week and month with the same numbers', () => {
    const source = { ...seen(), mode: 'SANDBOX', adjusted: play.engine.bars() } as const;
    for (const period of periodsIn(book())) {
      const own = days.filter(
        ({ date }) => periodOf(period.kind, sessionDate(date)).key === period.key,
      );
      const [first, end] = [own[0] as TrueDay, own.at(-1) as TrueDay];
      const before = dayBefore(first.date);
      const { you, spy } = returns(before, end);
      const report = reportView(book(), period, source);
      const deposited = sum(own.map((day) => day.deposited));
      const withdrawn = sum(own.map((day) => day.withdrawn));
      const fees = sum(own.map((day) => day.fees));
      const traded = sum(own.map((day) => day.traded));
      const at = [period.key, you.toFixed(NEAR), spy.toFixed(NEAR)];
      expect([period.key, report?.you?.toFixed(NEAR), report?.spy?.toFixed(NEAR)]).toEqual(at);
      expect(report).toMatchObject({
        ...{ equity: end.equity, cash: end.cash, closes: own.length, missed: 0 },
        ...{ flows: { deposited, withdrawn }, costs: { fees, traded }, provisional: false },
        estimatedDividends: 0,
      });
      expect(report?.turnover).toBeCloseTo(
        traded / 2 / (sum(own.map(({ equity }) => equity)) / own.length),
        NEAR,
      );
      expect(contributionOf(report)).toEqual({
        ...{ key: period.key, byTicker: gainsOf(own), rest: 0 - fees },
        total: end.equity - (before?.equity ?? OPENING_CASH) - deposited + withdrawn,
      });
    }
  });

  it('taxes the same sales with the same costs, terms and wash sales', () => {
    const { sales, left } = trueSales(facts);
    const { gains, disposals, months } = taxView(book(), seen(), 2024);
    const known = sales.filter(({ cost }) => cost !== undefined);
    const gain = sum(known.map(gainOfSale));
    expect(gains).toEqual({
      ...{ short: gain, long: 0, undated: 0, unknown: sales.length - known.length },
      disallowed: sum(sales.map(({ disallowed }) => disallowed)),
    });
    expect(months.map(({ month, short }) => [month, short])).toEqual(
      [...Map.groupBy(known, ({ sold }) => sold.slice(0, 7))].map(([month, own]) => [
        month,
        sum(own.map(gainOfSale)),
      ]),
    );
    const truth = bySale(sales, (sale) => [sale.shares, sale.proceeds, sale.cost, sale.disallowed]);
    const told = bySale(disposals, (sale) => [
      ...[sale.qty / 1e9, sale.proceeds, sale.cost, sale.disallowed],
    ]);
    expect(told).toEqual(truth);
    const exported = rowsOf(gainTable(book()));
    expect(sum(exported.map((row) => Number(row['gain_cents'] ?? 0)))).toBe(gain);
    const csv = taxCsv(disposals).trim().split('\r\n').slice(1);
    const csvGain = csv.map((line) => Number(line.split(',')[7] ?? '0'));
    expect(Math.round(sum(csvGain) * 100)).toBe(gain);
    const lots = rowsOf(lotTable(book()));
    for (const [ticker, shares] of left) {
      const own = lots.filter((lot) => lot['ticker'] === ticker);
      expect([ticker, sum(own.map((lot) => Number(lot['qty_shares'])))]).toEqual([
        ...[ticker, shares.length],
      ]);
      const basis = own.map(
        (lot) => Number(lot['cost_cents'] ?? 0) + Number(lot['deferred_cents']),
      );
      expect([ticker, sum(basis)]).toEqual([ticker, sum(shares.map(({ cost }) => cost ?? 0))]);
    }
  });

  it('reports the same income, and exports the same executions', () => {
    const of = (type: string): number =>
      sum(facts.filter((fact) => fact.type === type).map(({ cash }) => cash));
    const { total, rows, estimated } = incomeView(book(), seen(), 2024);
    expect(total).toEqual({ dividends: of('DIV'), interest: 0, fees: of('FEE'), returned: 0 });
    expect(estimated).toBe(0);
    expect(rows.filter(({ dividends }) => dividends > 0).map(({ ticker }) => ticker)).toEqual(
      facts
        .filter(({ type }) => type === 'DIV')
        .toSorted((a, b) => b.cash - a.cash)
        .map(({ ticker }) => ticker),
    );
    const fills = rowsOf(fillTable(book()));
    expect(fills.map((row) => [row['ticker'], row['qty_shares'], row['value_cents']])).toEqual(
      facts
        .filter(({ type }) => type === 'FILL')
        .map(({ ticker, shares, cash }) => [ticker, Math.abs(shares), Math.abs(cash)]),
    );
  });
});

function sorted(entries: readonly (readonly [string, number])[]) {
  return entries.toSorted(([a], [b]) => a.localeCompare(b));
}

function performance() {
  return performanceView(book(), seen(), play.engine.bars(), MODELS);
}

function lastOf(month: string): TrueDay {
  return days.findLast(({ date }) => date.startsWith(month)) as TrueDay;
}

function flows() {
  const times = [play.at(FIRST, '08:30'), ...DAYS.map((date) => play.at(date, '16:20'))];
  const span = (times.at(-1) ?? 0) - (times[0] ?? 0);
  const passed = (index: number): number => ((times[index] ?? 0) - (times[0] ?? 0)) / span;
  return [
    { passed: 0, amount: OPENING_CASH },
    ...days.flatMap(({ deposited, withdrawn }, index) => [
      { passed: passed(index), amount: deposited },
      { passed: passed(index + 1), amount: -withdrawn },
    ]),
  ];
}

function gainsOf(own: readonly TrueDay[]): ReadonlyMap<string, number> {
  const gains = new Map<string, number>();
  for (const day of own) {
    for (const [ticker, gain] of day.gains) gains.set(ticker, (gains.get(ticker) ?? 0) + gain);
  }
  return new Map([...gains].filter(([, gain]) => gain !== 0));
}

function contributionOf(report: ReturnType<typeof reportView>) {
  const { byTicker = [], rest, total } = report?.contribution ?? {};
  const gains = new Map(byTicker.map(({ of, gain }) => [of, gain]));
  return { key: report?.period.key, byTicker: gains, rest, total };
}

function gainOfSale(sale: { proceeds: number; cost: number | undefined; disallowed: number }) {
  return sale.cost === undefined ? 0 : sale.proceeds - sale.cost + sale.disallowed;
}

/** The sums of each ticker's sales of a day. */
function bySale<T extends { readonly ticker: string; readonly sold: string }>(
  sales: readonly T[],
  numbers: (sale: T) => readonly (number | undefined)[],
): ReadonlyMap<string, readonly number[]> {
  const groups = Map.groupBy(sales, ({ ticker, sold }) => `${sold} ${ticker}`);
  return new Map(
    [...groups].map(([key, own]) => {
      const rows = own.map(numbers);
      return [key, [0, 1, 2, 3].map((column) => sum(rows.map((row) => row[column] ?? 0)))];
    }),
  );
}
