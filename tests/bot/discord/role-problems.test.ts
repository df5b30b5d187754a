import { describe, expect, it } from 'vitest';
import { roleProblems } from '#bot/discord/role-problems.ts';

const NAMES = new Map([
  ['v', 'Viewer'],
  ['o', 'Operator'],
  ['p', 'Approver'],
  ['g', '@everyone'],
]);
const problems = (settings: Omit<Parameters<typeof roleProblems>[0], 'guildId'>) =>
  roleProblems({ guildId: 'g', ...settings }, (id) => NAMES.get(id));

describe('the configured roles', () => {
  it('are fine if all are different, or none is set', () => {
    expect(problems({ viewerRoleId: 'v', operatorRoleId: 'o', approverRoleId: 'p' })).toEqual([]);
    expect(problems({})).toEqual([]);
  });

  it('are reported if the server lacks them', () => {
    expect(problems({ operatorRoleId: 'x', alertRoleId: 'y' })).toEqual([
      'OPERATOR_ROLE_ID x is no role of this server: nobody holds it',
      'ALERT_ROLE_ID y is no role of this server: nobody holds it',
    ]);
  });

  it('are reported if they are @everyone', () => {
    expect(problems({ operatorRoleId: 'g' })).toEqual([
      'OPERATOR_ROLE_ID is the server itself, everybody: it gives no right',
    ]);
  });

  it('are reported if two levels use one role', () => {
    expect(problems({ operatorRoleId: 'o', approverRoleId: 'o' })).toEqual([
      'OPERATOR_ROLE_ID and APPROVER_ROLE_ID are the same role, @Operator',
    ]);
    expect(problems({ operatorRoleId: 'o', alertRoleId: 'o' })).toEqual([]);
  });

  it('are reported if nobody can act because the first acting role is missing', () => {
    expect(problems({ approverRoleId: 'p' })).toEqual([
      'OPERATOR_ROLE_ID is not set: nobody acts, whatever other roles are set',
    ]);
  });
});
