import type { Log, PostBook } from '#core/ports.ts';
import { digest } from '../bot-state.ts';
import type { Command } from '../interactions/command.ts';
import type { Gateway } from './gateway.ts';

const SUBJECT = 'commands';

/**
 * Registers the commands on the server when they changed, or when the server does not show them (a bot that
 * was removed and invited again has none). Discord limits creations per day. Global commands left by an
 * older bot would appear twice, so they are removed.
 */
export async function publishCommands(
  gateway: Pick<Gateway, 'commandNames' | 'publish' | 'removeGlobalCommands'>,
  posts: PostBook,
  guildId: string,
  commands: readonly Command[],
  log: Pick<Log, 'warn'>,
): Promise<'published' | 'same'> {
  const definitions = commands.map((command) => command.definition);
  const contentHash = digest(`${guildId} ${JSON.stringify(definitions)}`);
  const old = await gateway.removeGlobalCommands();
  if (old.length > 0)
    log.warn(`Discord: removed global commands that an older bot left: ${old.join(', ')}`);
  const shown = new Set(await gateway.commandNames());
  const same =
    shown.size === definitions.length && definitions.every((each) => shown.has(each.name));
  if (same && posts.find(SUBJECT)?.contentHash === contentHash) return 'same';
  await gateway.publish(definitions);
  posts.save(SUBJECT, { channelId: guildId, messageId: SUBJECT, contentHash });
  return 'published';
}
