/** REST under /channels: messages, pins, threads, typing. */
import type { Desk } from './desk.ts';
import { type Draft, parseDraft, refuseEmpty } from './draft.ts';
import {
  invalidForm,
  missingAccess,
  missingPermissions,
  notYours,
  systemMessage,
  unknownMessage,
} from './faults.ts';
import { badValue } from './form.ts';
import type { PermissionName } from './permissions.ts';
import { MESSAGE_TYPES, type StoredChannel, type StoredMessage } from './records.ts';
import { type Answer, type Call, created, done, ok, type Route, route } from './route.ts';

const HOUR_MS = 3_600_000;

export function channelRoutes(desk: Desk): readonly Route[] {
  const { rights, store, messages, present, world, feed } = desk;
  const messageIn = (channel: StoredChannel, id: string | undefined): StoredMessage => {
    const message = id === undefined ? undefined : store.message(id);
    const isThere = message?.channelId === channel.id && message.visibleTo === undefined;
    if (!message || !isThere) throw unknownMessage();
    return message;
  };

  const send = ({ params, body, uploads }: Call): Answer => {
    const draft = parseDraft(body, uploads);
    const channel = rights.channel(params['channel'], ...neededFor(draft));
    const isThread = channel.kind === 'thread';
    rights.channel(channel.id, isThread ? 'SendMessagesInThreads' : 'SendMessages');
    refuseEmpty(draft);
    if (draft.replyTo !== undefined && store.message(draft.replyTo)?.channelId !== channel.id) {
      const text = 'Unknown message';
      throw invalidForm([badValue(['message_reference'], text, 'REPLIES_UNKNOWN_MESSAGE')]);
    }
    const plain = { ...draft, flags: draft.flags & ~(1 << 6) };
    const origin = { channelId: channel.id, authorId: world.bot.id };
    return ok(present.message(messages.create(plain, origin)));
  };

  const edit = ({ params, body, uploads }: Call): Answer => {
    const draft = parseDraft(body, uploads);
    const channel = rights.channel(params['channel'], ...neededFor(draft));
    const message = messageIn(channel, params['message']);
    if (message.authorId !== world.bot.id) throw notYours();
    if (isSystem(message)) throw systemMessage();
    if (desk.realNow() - message.createdMs > HOUR_MS) desk.limiter.takeOldEdit(channel.id);
    return ok(present.message(messages.edit(message, draft)));
  };

  const remove = ({ params }: Call): Answer => {
    const channel = rights.channel(params['channel']);
    const message = messageIn(channel, params['message']);
    if (message.authorId !== world.bot.id) rights.channel(channel.id, 'ManageMessages');
    messages.remove(message);
    return done();
  };

  const list = ({ params, query }: Call): Answer => {
    const channel = rights.channel(params['channel']);
    const limit = pageSize(query.get('limit'), 50);
    if (!canReadHistory(desk, channel)) return ok([]);
    const before = query.get('before');
    const after = query.get('after');
    const page = { limit, ...(before && { before }), ...(after && { after }) };
    return ok(store.messagesOf(channel.id, page).map(present.message));
  };

  const one = ({ params }: Call): Answer => {
    const channel = rights.channel(params['channel']);
    if (!canReadHistory(desk, channel)) throw missingAccess();
    return ok(present.message(messageIn(channel, params['message'])));
  };

  const pin = ({ params }: Call): Answer => {
    const channel = rights.channel(params['channel'], 'PinMessages');
    messages.pin(messageIn(channel, params['message']), world.bot.id);
    return done();
  };
  const unpin = ({ params }: Call): Answer => {
    const channel = rights.channel(params['channel'], 'PinMessages');
    messages.unpin(messageIn(channel, params['message']));
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
    route('GET /channels/{channel}', 'other', ({ params }) =>
      ok(present.channel(rights.channel(params['channel']))),
    ),
    route('POST /channels/{channel}/messages', 'message-send', send),
    route('GET /channels/{channel}/messages', 'other', list),
    route('GET /channels/{channel}/messages/{message}', 'other', one),
    route('PATCH /channels/{channel}/messages/{message}', 'message-edit', edit),
    route('DELETE /channels/{channel}/messages/{message}', 'message-delete', remove),
    route('GET /channels/{channel}/messages/pins', 'pins', pins),
    route('GET /channels/{channel}/pins', 'pins', (call) =>
      ok(pinned(call).slice(0, 50).map(present.message)),
    ),
    route('PUT /channels/{channel}/messages/pins/{message}', 'pins', pin),
    route('PUT /channels/{channel}/pins/{message}', 'pins', pin),
    route('DELETE /channels/{channel}/messages/pins/{message}', 'pins', unpin),
    route('DELETE /channels/{channel}/pins/{message}', 'pins', unpin),
    route('POST /channels/{channel}/messages/{message}/threads', 'threads', ({ params, body }) => {
      const channel = rights.channel(params['channel'], 'CreatePublicThreads');
      const starter = messageIn(channel, params['message']);
      return created(present.channel(desk.threads.fromMessage(starter, body)));
    }),
    route('POST /channels/{channel}/threads', 'threads', ({ params, body }) => {
      const channel = rights.channel(params['channel'], 'CreatePublicThreads');
      if (channel.kind !== 'text') throw missingPermissions();
      return created(present.channel(desk.threads.inChannel(channel, body)));
    }),
    route('POST /channels/{channel}/typing', 'other', ({ params }) => {
      const { id } = rights.channel(params['channel'], 'SendMessages');
      feed.publish({ kind: 'typing', channelId: id });
      return done();
    }),
  ];
}

function neededFor(draft: Draft): readonly PermissionName[] {
  return [
    ...(draft.embeds?.length ? (['EmbedLinks'] as const) : []),
    ...(draft.uploads.length > 0 ? (['AttachFiles'] as const) : []),
  ];
}

function canReadHistory(desk: Desk, channel: StoredChannel): boolean {
  if (channel.kind === 'direct') return true;
  return (desk.rights.bitsOfUser(desk.world.bot) & (1n << 16n)) !== 0n;
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
