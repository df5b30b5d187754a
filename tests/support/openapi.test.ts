import { describe, expect, it } from 'vitest';
import { hasSpec, openApi, templateOf, validateRequest, validateResponse } from './openapi.ts';

const TRADING = 'alpaca-trading.openapi.yaml';
const DATA = 'alpaca-data.openapi.yaml';
const DISCORD = 'discord-openapi.json';

describe('the official descriptions', () => {
  it.skipIf(!hasSpec(TRADING))('name what is wrong with an Alpaca answer (needs ../shared)', () => {
    const spec = openApi(TRADING);
    const faults = validateResponse(spec, 'get', '/v2/clock', 200, {
      timestamp: 3,
      is_open: 'yes',
    });
    expect(faults.join('\n')).toMatch(/is_open must be boolean/);
    expect(validateResponse(spec, 'get', '/v2/nothing', 200, {})).toEqual([
      `GET /v2/nothing -> 200: no such operation in ${TRADING}`,
    ]);
  });

  it.skipIf(!hasSpec(TRADING))('read nullable as JSON Schema does (needs ../shared)', () => {
    const spec = openApi(TRADING);
    const faults = validateResponse(spec, 'get', '/v2/orders', 200, [
      {
        symbol: 'SPY',
        qty: '1',
        side: 'buy',
        type: 'market',
        time_in_force: 'day',
        notional: null,
        filled_at: null,
      },
    ]);
    expect(faults.filter((fault) => fault.includes('filled_at'))).toEqual([]);
  });

  it.skipIf(!hasSpec(DATA))(
    'compile every answer that the market data describes (needs ../shared)',
    () => {
      const spec = openApi(DATA);
      const faults = validateResponse(spec, 'get', '/v2/stocks/bars', 200, {
        bars: 3,
        next_page_token: null,
      });
      expect(faults.join('\n')).toMatch(/bars must be/);
    },
  );

  it.skipIf(!hasSpec(DISCORD))(
    'name what is wrong with a Discord request (needs ../shared)',
    () => {
      const spec = openApi(DISCORD);
      const template = templateOf(spec, '/channels/123/messages') ?? '';
      expect(template).toBe('/channels/{channel_id}/messages');
      expect(validateRequest(spec, 'post', template, { content: 'hello' })).toEqual([]);
      expect(validateRequest(spec, 'post', template, { content: 7 }).join('\n')).toMatch(
        /content must be/,
      );
      expect(validateResponse(spec, 'get', '/users/@me', 200, { id: 'x' }).length).toBeGreaterThan(
        0,
      );
    },
  );

  it.skipIf(!hasSpec(DISCORD))('prefer a literal path to a parameter (needs ../shared)', () => {
    const spec = openApi(DISCORD);
    expect(templateOf(spec, '/webhooks/1/abc/messages/@original')).toBe(
      '/webhooks/{webhook_id}/{webhook_token}/messages/@original',
    );
  });
});
