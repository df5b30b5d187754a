/** Sends changes in the channel as gateway events to the sessions that subscribed to them. */
import type { Change, Feed } from './feed.ts';
import type { Gateway } from './gateway.ts';
import { INTENTS } from './gateway-codes.ts';
import type { Json } from './json.ts';
import type { Presenter } from './present.ts';
import type { StoredChannel, StoredMessage } from './records.ts';
import type { Store } from './store.ts';
import type { World } from './world.ts';

interface BroadcastParts {
  readonly feed: Feed;
  readonly gateway: Gateway;
  readonly present: Presenter;
  readonly store: Store;
  readonly world: World;
}

/** Sends each change to the gateway. @returns stops it */
export function broadcast(parts: BroadcastParts): () => void {
  return parts.feed.listen((change) => tell(change, parts));
}

function tell(change: Change, parts: BroadcastParts): void {
  const { gateway, present, store, world } = parts;
  switch (change.kind) {
    case 'message-created':
      tellMessage('MESSAGE_CREATE', change.message, parts);
      break;
    case 'message-updated':
      tellMessage('MESSAGE_UPDATE', change.message, parts);
      break;
    case 'message-deleted':
      tellDeletion(change.message, parts);
      break;
    case 'pins': {
      const last_pin_timestamp = store.pinnedIn(change.channelId)[0]?.pinnedTimestamp ?? null;
      const { ids, intent } = placeOf(change.channelId, store);
      const body = { channel_id: change.channelId, last_pin_timestamp, ...ids };
      const isGuild = intent === INTENTS.guildMessages;
      gateway.dispatch('CHANNEL_PINS_UPDATE', body, isGuild ? INTENTS.guilds : intent);
      break;
    }
    case 'thread-created': {
      const body = { ...present.channel(change.thread), newly_created: true };
      gateway.dispatch('THREAD_CREATE', body, INTENTS.guilds);
      break;
    }
    case 'thread-updated':
      gateway.dispatch('THREAD_UPDATE', present.channel(change.thread), INTENTS.guilds);
      break;
    case 'channel-updated':
      gateway.dispatch('CHANNEL_UPDATE', present.channel(change.channel), INTENTS.guilds);
      break;
    case 'channel-deleted':
      tellChannelDeletion(change.channel, parts);
      break;
    case 'member': {
      const body = { guild_id: world.guildId, ...present.member(change.user) };
      gateway.dispatch('GUILD_MEMBER_UPDATE', body, INTENTS.guildMembers);
      break;
    }
    case 'role': {
      const body = { guild_id: world.guildId, role: present.role(change.role) };
      gateway.dispatch('GUILD_ROLE_UPDATE', body, INTENTS.guilds);
      break;
    }
    case 'typing':
    case 'commands':
    case 'presence':
      break;
    default:
      change satisfies never;
  }
}

function tellChannelDeletion(channel: StoredChannel, { gateway, present }: BroadcastParts): void {
  if (channel.kind === 'direct') return;
  const body = present.channel(channel);
  if (channel.kind === 'text') {
    gateway.dispatch('CHANNEL_DELETE', body, INTENTS.guilds);
    return;
  }
  const { id, guild_id, parent_id, type } = body;
  gateway.dispatch('THREAD_DELETE', { id, guild_id, parent_id, type }, INTENTS.guilds);
}

function tellDeletion(message: StoredMessage, { gateway, store }: BroadcastParts): void {
  if (message.visibleTo !== undefined) return;
  const { id, channelId: channel_id } = message;
  const where = placeOf(channel_id, store);
  gateway.dispatch('MESSAGE_DELETE', { id, channel_id, ...where.ids }, where.intent);
}

function tellMessage(event: string, message: StoredMessage, parts: BroadcastParts): void {
  const { gateway, present, store, world } = parts;
  if (message.visibleTo !== undefined) return;
  const where = placeOf(message.channelId, store);
  const isOwn = message.authorId === world.bot.id || where.intent === INTENTS.directMessages;
  // Without the privileged intent, messages of a guild arrive without content.
  const hidden = isOwn ? {} : { content: '', embeds: [], components: [], attachments: [] };
  gateway.dispatch(event, { ...present.message(message), ...where.ids, ...hidden }, where.intent);
}

function placeOf(channelId: string, store: Store): { readonly ids: Json; readonly intent: number } {
  const channel = store.get<StoredChannel>('channel', channelId);
  return channel && channel.kind !== 'direct'
    ? { ids: { guild_id: channel.guildId }, intent: INTENTS.guildMessages }
    : { ids: {}, intent: INTENTS.directMessages };
}
