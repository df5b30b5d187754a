/** The levers that the page offers, over its own addresses. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createSandbox, type Sandbox } from '#sandbox/sandbox.ts';

const stateDir = mkdtempSync(join(tmpdir(), 'rotor-levers-'));
let sandbox: Sandbox;

beforeAll(async () => {
  sandbox = await createSandbox({ bars: 'data/sample', port: 0, speed: 'pause', stateDir });
});
afterAll(async () => {
  await sandbox.close();
  rmSync(stateDir, { recursive: true });
});

const pull = async (name: string, ticker = 'XLK'): Promise<unknown> => {
  const response = await fetch(`${sandbox.pageUrl}/desk/lever`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ name, ticker }),
  });
  return response.json();
};
const settings = async (): Promise<Record<string, unknown>> => {
  const response = await fetch(`${sandbox.environment['ALPACA_API_BASE']}/sandbox/levers`);
  return (await response.json()) as Record<string, unknown>;
};
/** The levers as the first event of the page tells them. */
const shown = async (): Promise<{ names: string[]; tickers: string[]; on: string[] }> => {
  const response = await fetch(`${sandbox.pageUrl}/desk/events?user=viewer`);
  let text = '';
  for await (const chunk of response.body ?? []) {
    text += new TextDecoder().decode(chunk);
    if (/data: .*\n\n/.test(text)) break;
  }
  return JSON.parse(text.slice(text.indexOf('data: ') + 6)).state.market.levers;
};

it('Every lever on the page has an effect that the page shows, and all can be reset.', async () => {
  const { names } = await shown();
  expect(names.length).toBeGreaterThan(8);
  for (const name of names.slice(2, -1)) {
    expect(await pull(name)).toEqual({ kind: 'done' });
    expect((await shown()).on, name).not.toEqual([]);
    await pull('Reset all levers');
    expect((await shown()).on, name).toEqual([]);
  }
});

it('A deposit and a withdrawal move the cash of the account.', async () => {
  const headers = {
    'APCA-API-KEY-ID': sandbox.environment['ALPACA_KEY_ID'] ?? '',
    'APCA-API-SECRET-KEY': sandbox.environment['ALPACA_SECRET_KEY'] ?? '',
  };
  const cash = async (): Promise<number> => {
    const response = await fetch(`${sandbox.environment['ALPACA_API_BASE']}/v2/account`, {
      headers,
    });
    return Number(((await response.json()) as { readonly cash: string }).cash);
  };
  const before = await cash();
  expect(await pull('Deposit $10,000')).toEqual({ kind: 'done' });
  expect(await cash()).toBe(before + 10_000);
  expect(await pull('Withdraw $10,000')).toEqual({ kind: 'done' });
  expect(await cash()).toBe(before);
});

it('Levers of several tickers can be set at the same time.', async () => {
  await pull('Orders stay new', 'XLK');
  await pull('Cancels stay pending', 'XLV');
  expect((await settings())['stuck']).toEqual({ XLK: 'new', XLV: 'pending_cancel' });
  await pull('Reset all levers');
});

it('An unknown lever or ticker is rejected with a sentence.', async () => {
  expect(await pull('nothing')).toMatchObject({ kind: 'refused' });
  expect(await pull('Orders stay new', 'TSLA')).toMatchObject({ kind: 'refused' });
});
