/** The rights that commands need; here because messages name them to whoever is sent to a command. */

/** Each holds the ones before it: read, stop and prepare, let money move, see how it is set up. */
export type Access = 'viewer' | 'operator' | 'approver' | 'admin';

/** The right that each command needs which does more than read. */
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

/** Names that are more than the right of the command: its plan waits for another one. */
const IN_FULL: Readonly<Record<string, string>> = {
  raise: APPROVED,
  rebalance: APPROVED,
  shadow: APPROVED,
};

const COMMAND = new RegExp(
  `(?<![\\w/])/(${Object.keys(COMMAND_ACCESS).join('|')})\\b(?! \\()`,
  'g',
);

/** The sentence with the role after each command that not everybody may use: `/resume (approver)`. */
export function withRoles(text: string): string {
  return text.replace(COMMAND, (command, name: keyof typeof COMMAND_ACCESS) => {
    return `${command} (${IN_FULL[name] ?? COMMAND_ACCESS[name]})`;
  });
}
