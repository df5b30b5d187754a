/** Who may do what: the whole table, so that no level changes by accident. */
import { describe, expect, it } from 'vitest';
import type { Access } from '#bot/interactions/command-access.ts';
import { COMMANDS } from '#commands/list.ts';

const levels = (handlers: readonly (readonly [string, Access])[]) =>
  Object.fromEntries(handlers.filter(([, access]) => access !== 'viewer'));

describe('the access level', () => {
  it('of each command is the one that was agreed on; everything else only reads', () => {
    const commands = COMMANDS.map(({ definition, access }) => [definition.name, access] as const);
    expect(levels(commands)).toEqual({
      ...{ halt: 'operator', reduce: 'operator', pause: 'operator', resume: 'approver' },
      ...{ rebalance: 'operator', raise: 'operator', shadow: 'operator', cancel: 'operator' },
      ...{ flatten: 'approver', adopt: 'approver', 'lot-cost': 'admin' },
      ...{ config: 'admin', notify: 'admin', export: 'admin', audit: 'admin' },
    });
  });

  it('of each button and form lets an operator stop something, and only an approver start it', () => {
    const pressed = COMMANDS.flatMap(({ components = [], forms = [] }) =>
      [...components, ...forms].map(({ prefix, access }) => [prefix, access] as const),
    );
    expect(levels(pressed)).toEqual({
      ...{ 'rebalance:approve:': 'approver', 'rebalance:reject:': 'operator' },
      ...{ 'shadow:approve:': 'approver', 'shadow:reject:': 'operator' },
      ...{ 'announced:run:': 'approver', 'announced:delay:': 'approver' },
      ...{
        'announced:skip:': 'approver',
        'deposit:now:': 'approver',
        'deposit:later:': 'approver',
      },
      ...{ 'raise:release': 'approver', 'flatten:': 'approver', 'flatten-back:': 'approver' },
      ...{ 'alert:ack:': 'operator', 'external:ignore:': 'operator' },
      ...{ 'external:adopt:': 'approver', 'order:set-aside:': 'approver' },
      ...{ 'books:adopt:': 'approver', 'evidence:read:': 'approver', 'notify-me': 'approver' },
      ...{ 'audit:': 'admin' },
    });
  });

  it('is found by a prefix that no other button’s id begins with', () => {
    const prefixes = [
      COMMANDS.flatMap(({ components = [] }) => components.map(({ prefix }) => prefix)),
      COMMANDS.flatMap(({ forms = [] }) => forms.map(({ prefix }) => prefix)),
    ];
    for (const all of prefixes)
      for (const prefix of all)
        expect(all.filter((other) => other.startsWith(prefix))).toEqual([prefix]);
  });
});
