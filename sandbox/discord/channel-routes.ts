/** REST under /channels: messages, pins, threads, typing. */

import { type Draft, parseDraft, refuseEmpty } from './draft.ts';
import { invalidForm, missingAccess, notYours, systemMessage, unknownMessage } from './faults.ts';
import { badValue } from './form.ts';
import type { DiscordParts } from './parts.ts';
import { allows, bitsOf, type PermissionName } from './permissions.ts';
import { MESSAGE_TYPES, type StoredChannel, type StoredMessage } from './records.ts';
import { type Answer, type Call, done, ok, type Route, route } from './route.ts';

const HOUR_MS = 3_600_000;

/** REST of channels, messages and pins. */
export function channelRoutes(parts: DiscordParts): readonly Route[] {
  const { rights, present, feed } = parts;
  return [
    route('GET /channels/{channel}', 'other', ({ params }) =>
      ok(present.channel(reached(parts, params['channel']))),
    ),
    ...readRoutes(parts),
    ...writeRoutes(parts),
    ...pinRoutes(parts),
    route('POST /channels/{channel}/typing', 'other', ({ params }) => {
      const { id } = rights.channel(params['channel'], 'SendMessages');
      feed.publish({ kind: 'typing', channelId: id });
      return done();
    }),
  ];
}

function readRoutes(parts: DiscordParts): readonly Route[] {
  const { rights, store, present } = parts;
  const list = ({ params, query }: Call): Answer => {
    const channel = rights.channel(params['channel']);
    const limit = pageSize(query.get('limit'), 50);
    if (!canReadHistory(parts, channel)) return ok([]);
    const before = query.get('before');
    const after = query.get('after');
    const page = { limit, ...(before && { before }), ...(after && { after }) };
    return ok(store.messagesOf(channel.id, page).map(present.message));
  };
  const one = ({ params }: Call): Answer => {
    const channel = rights.channel(params['channel']);
    if (!canReadHistory(parts, channel)) throw missingAccess();
    return ok(present.message(messageIn(parts, channel, params['message'])));
  };
  return [
    route('GET /channels/{channel}/messages', 'other', list),
    route('GET /channels/{channel}/messages/{message}', 'other', one),
  ];
}

function writeRoutes(parts: DiscordParts): readonly Route[] {
  const { rights, messages, present, world } = parts;
  const edit = ({ params, body, uploads }: Call): Answer => {
    const draft = parseDraft(body, uploads);
    const channel = reached(parts, params['channel'], ...neededFor(draft));
    const message = messageIn(parts, channel, params['message']);
    parts.threads.refuseArchived(channel);
    if (message.authorId !== world.bot.id) throw notYours();
    if (isSystem(message)) throw systemMessage();
    if (parts.realNow() - message.createdMs > HOUR_MS) parts.limiter.takeOldEdit(channel.id);
    return ok(present.message(messages.edit(message, draft)));
  };
  const remove = ({ params }: Call): Answer => {
    const channel = reached(parts, params['channel']);
    const message = messageIn(parts, channel, params['message']);
    parts.threads.refuseArchived(channel);
    if (message.authorId !== world.bot.id) rights.channel(channel.id, 'ManageMessages');
    messages.remove(message);
    return done();
  };
  return [
    route('POST /channels/{channel}/messages', 'message-send', (call) => send(parts, call)),
    route('PATCH /channels/{channel}/messages/{message}', 'message-edit', edit),
    route('DELETE /channels/{channel}/messages/{message}', 'message-delete', remove),
  ];
}

function send(parts: DiscordParts, { params, body, uploads }: Call): Answer {
  const { rights, store, messages, present, world } = parts;
  const draft = parseDraft(body, uploads);
  const channel = reached(parts, params['channel'], ...neededFor(draft));
  const isThread = channel.kind === 'thread';
  rights.channel(channel.id, isThread ? 'SendMessagesInThreads' : 'SendMessages');
  refuseEmpty(draft);
  parts.threads.wake(channel);
  if (draft.replyTo !== undefined && store.message(draft.replyTo)?.channelId !== channel.id) {
    const text = 'Unknown message';
    throw invalidForm([badValue(['message_reference'], text, 'REPLIES_UNKNOWN_MESSAGE')]);
  }
  const plain = { ...draft, flags: draft.flags & ~(1 << 6) };
  const origin = { channelId: channel.id, authorId: world.bot.id };
  return ok(present.message(messages.create(plain, origin)));
}

function pinRoutes(parts: DiscordParts): readonly Route[] {
  const { rights, store, messages, present, world } = parts;
  const found = (channel: StoredChannel, id: string | undefined): StoredMessage =>
    messageIn(parts, channel, id);
  const pin = ({ params }: Call): Answer => {
    const channel = rights.channel(params['channel'], 'PinMessages');
    messages.pin(found(channel, params['message']), world.bot.id);
    return done();
  };
  const unpin = ({ params }: Call): Answer => {
    const channel = rights.channel(params['channel'], 'PinMessages');
    messages.unpin(found(channel, params['message']));
    return done();
  };
  const pinned = ({ params }: Call): readonly StoredMessage[] =>
    store.pinnedIn(rights.channel(params['channel']).id);
  const pins = (call: Call): Answer => {
    const limit = pageSize(call.query.get('limit'), 50);
    const before = call.query.get('before');
    const all = pinned(call).filter(
      (each) => !before || Date.parse(each.pinnedTimestamp ?? '') < Date.parse(before),
    );
    const items = all.slice(0, limit).map((message) => ({
      pinned_at: message.pinnedTimestamp,
      message: present.message(message),
    }));
    return ok({ items, has_more: all.length > limit });
  };
  return [
    route('GET /channels/{channel}/messages/pins', 'pins', pins),
    route('GET /channels/{channel}/pins', 'pins', (call) =>
      ok(pinned(call).slice(0, 50).map(present.message)),
    ),
    route('PUT /channels/{channel}/messages/pins/{message}', 'pins', pin),
    route('PUT /channels/{channel}/pins/{message}', 'pins', pin),
    route('DELETE /channels/{channel}/messages/pins/{message}', 'pins', unpin),
    route('DELETE /channels/{channel}/pins/{message}', 'pins', unpin),
  ];
}

/** Archives an inactive thread when it is accessed. */
export function reached(
  { threads, rights }: DiscordParts,
  id: string | undefined,
  ...wanted: readonly PermissionName[]
): StoredChannel {
  threads.settle(id);
  return rights.channel(id, ...wanted);
}

/** @throws ApiFault 10008 */
export function messageIn(
  { store }: DiscordParts,
  channel: StoredChannel,
  id: string | undefined,
): StoredMessage {
  const message = id === undefined ? undefined : store.message(id);
  const isThere = message?.channelId === channel.id && message.visibleTo === undefined;
  if (!message || !isThere) throw unknownMessage();
  return message;
}

function neededFor(draft: Draft): readonly PermissionName[] {
  return [
    ...(draft.embeds?.length ? (['EmbedLinks'] as const) : []),
    ...(draft.uploads.length > 0 ? (['AttachFiles'] as const) : []),
  ];
}

function canReadHistory(parts: DiscordParts, channel: StoredChannel): boolean {
  if (channel.kind === 'direct') return true;
  return allows(parts.rights.bitsIn(channel, parts.world.bot), bitsOf(['ReadMessageHistory']));
}

function isSystem(message: StoredMessage): boolean {
  const own: readonly number[] = [MESSAGE_TYPES.plain, MESSAGE_TYPES.reply, MESSAGE_TYPES.command];
  return !own.includes(message.type);
}

/** 1 to 100. @throws ApiFault 50035 */
function pageSize(text: string | null, fallback: number): number {
  const size = text === null ? fallback : Number(text);
  if (Number.isSafeInteger(size) && size >= 1 && size <= 100) return size;
  const message = 'int value should be between 1 and 100.';
  throw invalidForm([badValue(['limit'], message, 'NUMBER_TYPE_MAX')]);
}
