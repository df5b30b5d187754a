/** What a backtest tells of its rules, and the files it writes. */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { prepareHistory } from '#core/backtest/history.ts';
import { dollars } from '#core/domain/units.ts';
import { UNIVERSE } from '#core/domain/universe.ts';
import { REMOVABLE, ruleEffects } from '#core/evidence/rule-effects.ts';
import { triedBefore } from '#core/store/trials.ts';
import { MODELS } from '#models/list.ts';
import { wandering } from '#tests/support/bars.ts';
import { rotor } from '#tests/support/cli.ts';
import { LIMITS, RULES } from '#tests/support/deciding.ts';

const folder = mkdtempSync(join(tmpdir(), 'rotor-backtest-'));
const DATA = ['--data', 'data/sample', '--state', folder];
const RANGE = [...DATA, '--from', '2023-01-03', '--to', '2024-06-28'];

describe('rotor backtest', () => {
  afterAll(() => rmSync(folder, { recursive: true }));

  it('reports the effect of each rule, and writes its trades and a page', async () => {
    const [trades, html] = [join(folder, 't.csv'), join(folder, 'p.html')];
    const argv = ['backtest', ...RANGE, '--trades', trades, '--html', html, '--rules', '--json'];
    const { exit, out } = await rotor(argv);
    expect(exit).toBe(0);
    const { orders, rules, details } = JSON.parse(out);
    expect(Object.keys(details.rivals)).toEqual(['spy', 'sectors', 'sixtyForty', 'cash']);
    expect(details.dayLuck).toHaveLength(19);
    expect(Object.keys(rules)).toEqual([...REMOVABLE]);
    const lines = readFileSync(trades, 'utf8').trimEnd().split('\n');
    expect(lines).toHaveLength(orders + 1);
    expect(lines[0]).toBe('date,side,ticker,shares,price,usd');
    expect(lines[1]).toMatch(/^2023-01-03,buy,X\w+,\d+,[\d.]+,[\d.]+$/);
    const page = readFileSync(html, 'utf8');
    expect(page).toContain('Effect of each rule');
    for (const title of [
      'Beside',
      'Year by year',
      'Drawdowns',
      'By what a trade costs',
      'By the regime (a bear market is known only after its fall)',
    ]) {
      expect(page).toContain(`<h2>${title}</h2>`);
    }
    expect(page).toContain('By the session of the month');
    expect(page).not.toMatch(/<script|src=|href=/);
  });

  it('shows no ratio of a model that never traded, and over which rate each one is', async () => {
    const year = ['--from', '2020-01-02', '--to', '2020-12-31', '--model', 'SectorRotationBear_v1'];
    const { exit, out } = await rotor(['backtest', ...DATA, ...year]);
    expect(exit).toBe(0);
    expect(out).toMatch(/^0 bps +0\.0 % +–$/m);
    expect(out).not.toMatch(/NaN|[+-]0\.0 %/);
    // The account's own, its rivals', and that of each cost.
    expect(out.match(/Sharpe over 0\.0 %/g)).toHaveLength(3);
  });

  it('gives no yearly rate of a regime of two days, and an alpha that its two rates add up to', async () => {
    const year = ['--from', '2020-01-02', '--to', '2020-12-31'];
    const argv = ['backtest', ...DATA, ...year, '--model', 'SectorRotationModel_v1'];
    const { out } = await rotor(argv);
    // The exact difference is 6.74 %.
    expect(out).toContain('alpha -6.8 % a year');
    expect(out).toMatch(/^bear +2 +– +–$/m);
    expect(out).toMatch(/^a year +\+8\.2 % +\+15\.0 %$/m);
    expect(out).toMatch(/^2020 +\+8\.2 % +\+15\.0 % +-6\.8 %$/m);
  });

  it('has cash earn what the setting says', async () => {
    const cashOf = async (...more: string[]) => {
      const { out } = await rotor(['backtest', ...RANGE, '--json', ...more]);
      return JSON.parse(out).details.rivals.cash;
    };
    expect(await cashOf()).toEqual({ cagr: 0, maxDrawdown: 0, sharpe: null });
    const earned = await cashOf('--cash-rate', '3');
    // Simple interest of each day for 360 days a year, which compounds.
    expect(earned.cagr).toBeCloseTo(Math.exp((0.03 * 365.25) / 360) - 1, 3);
    expect(earned.maxDrawdown).toBe(0);
  });

  it('counts each look as a trial, with each removed rule, and a repetition not again', async () => {
    const state = join(folder, 'counted');
    const run = (...more: string[]) =>
      rotor(['backtest', ...DATA, ...SHORT, '--state', state, ...more]);
    await run();
    await run();
    expect(triedBefore(state, '')).toBe(1);
    await run('--slippage-bps', '20');
    await run('--rules');
    expect(triedBefore(state, '')).toBe(2 + 1 + REMOVABLE.length);
  });

  it('says that it is not counted where the state folder cannot be written', async () => {
    const file = join(folder, 'file');
    writeFileSync(file, '');
    const { exit, err } = await rotor(['backtest', ...DATA, ...SHORT, '--state', file]);
    expect(exit).toBe(0);
    expect(err).toContain(
      `not counted among the tries: --state: expected a folder that can be written, found ${file}: EEXIST`,
    );
  });

  it('writes no file where two of its options name the same one', async () => {
    const file = join(folder, 'both');
    const { exit, err } = await rotor(['backtest', ...RANGE, '--trades', file, '--html', file]);
    expect(exit).toBe(2);
    expect(err).toContain(`--html: expected another file than --trades, found "${file}"`);
    expect(existsSync(file)).toBe(false);
  });

  it('reports no effects for less than a year', async () => {
    const { out } = await rotor(['backtest', ...DATA, ...SHORT, '--rules', '--json']);
    expect(JSON.parse(out).rules).toBeNull();
    expect(JSON.parse(out)).not.toHaveProperty('details');
  });
});

const SHORT = ['--from', '2024-01-02', '--to', '2024-06-28'];

describe('the effects of rules', () => {
  const history = prepareHistory({ bars: wandering(11, 600), universe: UNIVERSE });
  const limits = { ...LIMITS, maxGross: 1.3, maxWeight: 0.3 };
  const settings = { equity: dollars(100_000), slippageBps: 5, limits, rules: RULES };
  const setup = { history, from: 300, to: 599, ...settings };

  it('are computed for each rule alone, and the binding ones change the run', () => {
    const effects = ruleEffects(setup, MODELS);
    for (const rule of REMOVABLE) {
      expect(Number.isFinite(effects[rule].brought)).toBe(true);
    }
    expect(effects.cap.brought).not.toBe(0);
    expect(effects.regime.brought).not.toBe(0);
    expect(effects.reserve.final).not.toBe(effects.leverage.final);
  });

  it('are empty if no rule is binding', () => {
    const [core] = MODELS;
    const effects = ruleEffects(setup, core ? [core] : []);
    expect([effects.regime.brought, effects.leverage.brought]).toEqual([0, 0]);
  });
});
