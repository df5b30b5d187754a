import type { PostBook } from '#core/ports.ts';
import { digest } from '../bot-state.ts';
import type { Command } from '../interactions/command.ts';
import type { Gateway } from './gateway.ts';

const SUBJECT = 'commands';

/**
 * Puts the commands on the server when they changed since the last time, or when the server does not
 * show them: a bot that was removed and invited again has none. Discord counts creations per day.
 */
export async function publishCommands(
  gateway: Pick<Gateway, 'commandNames' | 'publish'>,
  posts: PostBook,
  guildId: string,
  commands: readonly Command[],
): Promise<'published' | 'same'> {
  const definitions = commands.map((command) => command.definition);
  const contentHash = digest(`${guildId} ${JSON.stringify(definitions)}`);
  const shown = new Set(await gateway.commandNames());
  const same =
    shown.size === definitions.length && definitions.every((each) => shown.has(each.name));
  if (same && posts.find(SUBJECT)?.contentHash === contentHash) return 'same';
  await gateway.publish(definitions);
  posts.save(SUBJECT, { channelId: guildId, messageId: SUBJECT, contentHash });
  return 'published';
}
