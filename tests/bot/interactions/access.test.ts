import fc from 'fast-check';
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

describe('the id of @everyone, which equals the server’s', () => {
  const EVERYBODY = { ...ASKER, roleIds: ['g'] };
  const named = { ...RULES, approverRoleId: 'p', adminRoleId: 'a' };

  it.each(['viewerRoleId', 'operatorRoleId', 'approverRoleId', 'adminRoleId'])(
    'gives nobody a right if %s names it',
    (key) => {
      const rules = { ...named, [key]: 'g' };
      for (const access of ['viewer', 'operator', 'approver', 'admin'] as const)
        expect(permit(rules, EVERYBODY, access).kind).toBe('refused');
    },
  );

  it('does not pass its right to the role before it', () => {
    const rules = { ...RULES, approverRoleId: 'g' };
    expect(permit(rules, { ...ASKER, roleIds: ['g', 'o'] }, 'approver').kind).toBe('refused');
  });
});

describe('a role that is not set', () => {
  const holder = (role: string): Asker => ({ ...ASKER, roleIds: [role] });
  const may = (rules: AccessRules, role: string, access: 'operator' | 'approver' | 'admin') =>
    permit(rules, holder(role), access).kind === 'granted';

  it('falls back to the nearest set role before it', () => {
    expect(may(RULES, 'o', 'admin')).toBe(true);
    expect(may({ ...RULES, approverRoleId: 'p' }, 'p', 'admin')).toBe(true);
    expect(may({ ...RULES, approverRoleId: 'p' }, 'o', 'admin')).toBe(false);
    expect(may({ ...RULES, adminRoleId: 'a' }, 'o', 'approver')).toBe(true);
  });

  it.each(['operator', 'approver', 'admin'] as const)(
    'gives nobody the right of an %s where it is the operator’s, whatever others are set',
    (access) => {
      const rules = { ...SHUT, approverRoleId: 'p', adminRoleId: 'a' };
      expect([may(rules, 'p', access), may(rules, 'a', access)]).toEqual([false, false]);
    },
  );
});

describe('an access level', () => {
  const RIGHTS = ['viewer', 'operator', 'approver', 'admin'] as const;
  const role = fc.option(fc.constantFrom('v', 'o', 'p', 'a', 'g'), { nil: undefined });

  it('is held by its role and every higher one, else by the nearest lower one that may act', () => {
    fc.assert(
      fc.property(
        fc.tuple(role, role, role, role),
        fc.subarray(['v', 'o', 'p', 'a', 'g']),
        fc.constantFrom(0, 1, 2, 3),
        (ids, roleIds, step) => {
          const [viewerRoleId, operatorRoleId, approverRoleId, adminRoleId] = ids;
          const rules = { ...RULES, viewerRoleId, operatorRoleId, approverRoleId, adminRoleId };
          const holds = ids.map((id) => id !== undefined && id !== 'g' && roleIds.includes(id));
          const below = [0, 1, 2, 3].filter((each) => each <= step && (each > 0 || step === 0));
          const stand = below.findLast((each) => ids[each] !== undefined);
          const isHolder = holds.some((has, each) => has && (each > step || each === stand));
          const isOpen = step === 0 ? viewerRoleId === undefined : false;
          const mayAct = step === 0 || operatorRoleId !== undefined;
          const right = RIGHTS[step] ?? 'viewer';
          const found = permit(rules, { ...ASKER, roleIds }, right);
          expect(found.kind === 'granted').toBe(isOpen || (mayAct && isHolder));
        },
      ),
      { numRuns: 3_000 },
    );
  });

  it('can be used only in Rotor’s channels and their threads', () => {
    const rules = { ...RULES, channelIds: ['c', 'spare'] };
    const at = (channelId: string, parentId?: string) =>
      permit(rules, { ...ASKER, roleIds: ['o'], channelId, parentId }, 'operator').kind;
    expect([at('c'), at('spare'), at('thread', 'c')]).toEqual(['granted', 'granted', 'granted']);
    expect([at('thread'), at('thread', 'd')]).toEqual(['refused', 'refused']);
  });
});
