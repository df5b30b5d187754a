import { describe, expect, it } from 'vitest';
import { COMMAND_ACCESS, withRoles } from '#bot/interactions/command-access.ts';
import { alertPost, type Incident } from '#bot/posts/alert.ts';
import { brokerByName, remedyOf } from '#bot/posts/alert-remedies.ts';
import { COMMANDS } from '#commands/list.ts';
import type { Alert } from '#core/domain/alert.ts';
import { alert, NOW } from '#tests/support/desk.ts';

describe('the remedy of an alert', () => {
  it('is a sentence for the code, followed by what happens automatically', () => {
    const limit = alert({
      advice: { code: 'limit', limit: 'asset' },
      remedy: 'Orders wait.',
    });
    expect(remedyOf(limit)).toBe(
      'Look the ticker up at Alpaca; its order is sent automatically once it trades again. Orders wait.',
    );
    const refused = alert({
      advice: { code: 'refused-by-broker', refusal: 'no-fractions' },
      remedy: 'The rest goes on.',
    });
    expect(remedyOf(refused)).toMatch(/^Set FRACTIONAL=false .* The rest goes on\.$/);
  });

  it('names the role that may do it', () => {
    const sentence = remedyOf(alert({ advice: { code: 'drawdown' }, remedy: 'Nothing.' }));
    expect(sentence).toBe('Nothing is bought until /resume (approver) is used with a reason.');
  });

  it('of an older journal is its own text, unchanged', () => {
    const remedy = 'The next rebalance corrects it; /rebalance does it now.';
    expect(remedyOf(alert({ remedy }))).toBe(remedy);
  });

  it('of a newer version’s code is the text stored with it', () => {
    for (const advice of [{ code: 'moon' }, { code: 'limit', limit: 'moon' }]) {
      expect(remedyOf(alert({ advice, remedy: 'Wait.' } as Partial<Alert>))).toBe('Wait.');
    }
  });

  it('is shown on the card', () => {
    const incident: Incident = {
      alert: alert({ advice: { code: 'adopt-difference' } }),
      count: 1,
      firstAt: NOW,
      lastAt: NOW,
      resolved: undefined,
    };
    const [field] = alertPost(incident, 'PAPER', undefined).embeds[0]?.fields ?? [];
    expect(field?.value).toContain('/adopt (approver)');
  });
});

describe('the broker', () => {
  it('is called by its name in reports of its silence', () => {
    expect(brokerByName('The broker does not answer')).toBe('Alpaca does not answer');
    expect(brokerByName('The broker’s answer could not be read')).toBe(
      'Alpaca’s answer could not be read',
    );
    expect(brokerByName('The broker answers again.')).toBe('Alpaca answers again.');
    expect(brokerByName('The broker still calls the buy open')).toBe(
      'The broker still calls the buy open',
    );
  });
});

describe('the role of a command', () => {
  it('is the level that the command needs; read access is not mentioned', () => {
    const needs = COMMANDS.filter(({ access }) => access !== 'viewer').map(
      ({ definition: { name }, access }) => [name, access],
    );
    expect(Object.fromEntries(needs)).toEqual(COMMAND_ACCESS);
    expect(withRoles('See /orders and /status.')).toBe('See /orders and /status.');
  });

  it('is named once after each command, but not in paths or longer words', () => {
    expect(withRoles('/halt, then /resume.')).toBe('/halt (operator), then /resume (approver).');
    expect(withRoles(withRoles('use /resume'))).toBe('use /resume (approver)');
    expect(withRoles('a/halt /halting')).toBe('a/halt /halting');
  });
});
