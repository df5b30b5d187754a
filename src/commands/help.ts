import type { Command } from '#bot/command.ts';
import { lines } from '#bot/format.ts';
import { frame } from '#bot/post.ts';

export const help: Command = {
  definition: { name: 'help', description: 'Every command in a sentence, and who may use it' },
  access: 'viewer',
  audience: 'asker',
  slow: false,
  run: ({ engine, commands }) => {
    const { mode, version } = engine.observation();
    const body = lines(commands.map(commandLine), 3500);
    return {
      post: { embeds: [frame({ mode, title: 'Commands', body, note: `version ${version}` })] },
    };
  },
};

function commandLine({ definition, access }: Command): string {
  const who = access === 'operator' ? ' *(operators)*' : '';
  return `**/${definition.name}** ${definition.description}${who}`;
}
