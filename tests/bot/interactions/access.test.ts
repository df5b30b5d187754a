import { describe, expect, it } from 'vitest';
import { type AccessRules, type Asker, permit } from '#bot/interactions/access.ts';

const RULES: AccessRules = {
  guildId: 'g',
  channelIds: ['c'],
  viewerRoleId: 'v',
  approverRoleId: undefined,
  adminRoleId: undefined,
  operatorRoleId: 'o',
};
const ASKER: Asker = {
  id: 'u',
  name: 'ines',
  bot: false,
  roleIds: [],
  guildId: 'g',
  channelId: 'c',
};
const OPEN: AccessRules = { ...RULES, viewerRoleId: undefined };
const SHUT: AccessRules = { ...RULES, operatorRoleId: undefined };
const BARE: AccessRules = { ...OPEN, operatorRoleId: undefined };

/** rules, roles, may read, may act */
const TABLE = [
  ['both roles set, none held', RULES, [], false, false],
  ['both roles set, viewer', RULES, ['v'], true, false],
  ['both roles set, operator', RULES, ['o'], true, true],
  ['both roles set, both held', RULES, ['v', 'o'], true, true],
  ['both roles set, a stranger role', RULES, ['x'], false, false],
  ['no viewer role set, none held', OPEN, [], true, false],
  ['no viewer role set, operator', OPEN, ['o'], true, true],
  ['no operator role set, viewer', SHUT, ['v'], true, false],
  ['no operator role set, the old operator', SHUT, ['o'], false, false],
  ['no role set at all', BARE, ['v', 'o'], true, false],
] as const;

describe('access', () => {
  it.each(TABLE)('%s', (_name, rules, roleIds, reads, acts) => {
    const asker = { ...ASKER, roleIds };
    expect(permit(rules, asker, 'viewer').kind === 'granted').toBe(reads);
    expect(permit(rules, asker, 'operator').kind === 'granted').toBe(acts);
  });

  it.each([
    ['a bot', { bot: true }, 'bots'],
    ['a direct message', { guildId: undefined }, 'direct messages'],
    ['another server', { guildId: 'h' }, 'another server'],
    ['another channel', { channelId: 'd' }, 'only in <#c>'],
    ['no channel', { channelId: undefined }, 'only in <#c>'],
  ])('refuses %s with a sentence, whatever roles it holds', (_name, change, words) => {
    const asker = { ...ASKER, roleIds: ['v', 'o'], ...change };
    for (const access of ['viewer', 'operator'] as const) {
      expect(permit(RULES, asker, access)).toMatchObject({
        kind: 'refused',
        reason: expect.stringContaining(words),
      });
    }
  });
});
