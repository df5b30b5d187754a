import { label, lines } from '#bot/format.ts';
import type { Command } from '#bot/interactions/command.ts';
import { embed } from '#bot/post.ts';

/** Commands by topic; commands not listed here are shown last. */
const GROUPS: readonly (readonly [string, readonly string[]])[] = [
  [
    'Account',
    ['status', 'positions', 'performance', 'report', 'daily', 'weekly', 'monthly', 'costs'],
  ],
  ['Reasons', ['rankings', 'explain', 'models', 'regime', 'preview']],
  ['Evidence', ['evidence', 'backtest', 'whatif', 'parity', 'shadow']],
  ['Activity', ['orders', 'fills', 'backlog']],
  ['Taxes', ['tax', 'income', 'lot-cost']],
  ['Trade', ['rebalance', 'raise', 'adopt', 'resume']],
  ['Stop', ['halt', 'pause', 'reduce', 'cancel', 'flatten']],
  ['System health', ['health', 'data', 'version', 'config', 'notify', 'export', 'audit', 'help']],
];

/** `/help`: commands that the asker may use. */
export const help: Command = {
  definition: { name: 'help', description: 'Every command in a sentence, and who may use it' },
  access: 'viewer',
  audience: 'asker',
  slow: false,
  run: ({ engine, commands }) => {
    const { mode, version } = engine.observation();
    const body = lines([...groupLines(commands), WHO], 3900);
    return {
      post: {
        embeds: [embed({ mode, title: 'Commands', body, note: `version ${label(version, 40)}` })],
      },
    };
  },
};

const WHO =
  '-# Commands with no role listed are open to everyone with read access. Each role includes those before ' +
  'it: viewer, operator, approver, admin.';

function groupLines(commands: readonly Command[]): readonly string[] {
  const placed = new Set(GROUPS.flatMap(([, names]) => names));
  const others = commands
    .map(({ definition }) => definition.name)
    .filter((name) => !placed.has(name));
  return [...GROUPS, ['More', others] as const].flatMap(([title, names]) => {
    const found = names.flatMap((name) => commands.filter((each) => each.definition.name === name));
    return found.length === 0 ? [] : [`**${title}**`, ...found.map(commandLine)];
  });
}

function commandLine({ definition, access }: Command): string {
  const who = access === 'viewer' ? '' : ` *(${access})*`;
  return `**/${definition.name}** ${definition.description}${who}`;
}
