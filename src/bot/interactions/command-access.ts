/** Access levels of commands; kept here because messages name them next to each command. */

/**
 * Each level includes the ones before it: read; stop and prepare; approve trades; see the configuration.
 */
export type Access = 'viewer' | 'operator' | 'approver' | 'admin';

/** Access level of each command that does more than read. */
export const COMMAND_ACCESS = {
  adopt: 'approver',
  'lot-cost': 'admin',
  audit: 'admin',
  cancel: 'operator',
  config: 'admin',
  export: 'admin',
  flatten: 'approver',
  halt: 'operator',
  notify: 'admin',
  pause: 'operator',
  raise: 'operator',
  rebalance: 'operator',
  reduce: 'operator',
  resume: 'approver',
  shadow: 'operator',
} as const satisfies Readonly<Record<string, Access>>;

const APPROVED = 'operator; an approver approves';

/** Role text of commands whose plan needs approval by another role. */
const IN_FULL: Readonly<Record<string, string>> = {
  raise: APPROVED,
  rebalance: APPROVED,
  shadow: APPROVED,
};

const COMMAND = new RegExp(
  `(?<![\\w/])/(${Object.keys(COMMAND_ACCESS).join('|')})\\b(?! \\()`,
  'g',
);

/** Adds the required role after each restricted command: `/resume (approver)`. */
export function withRoles(text: string): string {
  return text.replace(COMMAND, (command, name: keyof typeof COMMAND_ACCESS) => {
    return `${command} (${IN_FULL[name] ?? COMMAND_ACCESS[name]})`;
  });
}
