/** One message of the channel. */
import type { AttachmentDto, MessageDto } from '../dto.ts';
import { type ComponentHandlers, drawComponents } from './components.ts';
import { el, icon } from './dom.ts';
import { drawEmbed } from './embed.ts';
import { prose } from './prose.ts';
import { messageTime } from './time.ts';
import { avatarOf, type ViewState } from './view-state.ts';

/** Discord's flag of a message visible to one person. */
export const EPHEMERAL = 1 << 6;
const LOADING = 1 << 7;
/** Discord's flag of a message that notifies no one. */
export const SILENT = 1 << 12;
const PINNED = 6;
const THREAD_CREATED = 18;
const THREAD_STARTER = 21;

/** Actions offered on a message. */
export interface MessageHandlers extends ComponentHandlers {
  dismiss(message: MessageDto): void;
  openPins(): void;
  openThread(id: string): void;
}

/** @param grouped it follows another of the same author, whose name is not repeated */
export function drawMessage(
  message: MessageDto,
  view: ViewState,
  handlers: MessageHandlers,
  grouped: boolean,
): HTMLElement {
  if (message.type === PINNED) return drawPinLine(message, view, handlers);
  if (message.type === THREAD_CREATED) return drawThreadLine(message, view, handlers);
  if (message.type === THREAD_STARTER) return drawStarter(message, view, handlers);
  const author = view.person(message.author.id);
  const isPrivate = (message.flags & EPHEMERAL) !== 0;
  const root = el('discord-message', {
    'data-id': message.id,
    author: author.name,
    avatar: avatarOf(author),
    bot: author.isBot,
    'role-color': author.color,
    timestamp: messageTime(message.timestamp, view.nowMs()),
    ephemeral: isPrivate,
    highlight: mentionsMe(message, view),
    'message-body-only': grouped,
    class: grouped ? 'grouped' : undefined,
    on: { 'dismiss-message-clicked': () => handlers.dismiss(message) },
  });
  root.append(...invocation(message, view));
  root.append(...bodyOf(message, view));
  root.append(...message.embeds.map((embed) => drawEmbed(embed, view)));
  root.append(...drawAttachments(message));
  if (message.components.length > 0) root.append(drawComponents(message, handlers));
  if (message.thread) root.append(drawThreadPreview(message.thread, view, handlers));
  if (isPrivate) root.append(drawDismissal(message, handlers));
  if ((message.flags & SILENT) !== 0) {
    root.append(el('span', { class: 'silent', title: QUIET }, icon(BELL_OFF, QUIET)));
  }
  return root;
}

function bodyOf(message: MessageDto, view: ViewState): readonly Node[] {
  if ((message.flags & LOADING) !== 0) {
    const dots = el('span', { class: 'dots', 'aria-hidden': 'true' }, el('i'), el('i'), el('i'));
    return [
      el(
        'span',
        { class: 'thinking' },
        dots,
        ` ${view.person(message.author.id).name} is thinking…`,
      ),
    ];
  }
  if (message.content === '') return [];
  const lines = prose(message.content, view, 'message');
  const last = lines.at(-1);
  // The component would put this mark on a line of its own.
  const mark = el('span', { class: 'edited' }, ' (edited)');
  if (message.edited_timestamp === null) return lines;
  if (!(last instanceof HTMLElement && last.matches('.line'))) return [...lines, mark];
  last.append(mark);
  return lines;
}

function mentionsMe(message: MessageDto, view: ViewState): boolean {
  const me = view.me();
  return (
    message.mention_everyone ||
    message.mentions.some(({ id }) => id === me.id) ||
    message.mention_roles.some((role) => me.roles.includes(role))
  );
}

function invocation(message: MessageDto, view: ViewState): readonly Node[] {
  if (!message.interaction) return [];
  const user = view.person(message.interaction.user.id);
  return [
    el('discord-command', {
      slot: 'reply',
      author: user.name,
      avatar: avatarOf(user),
      'role-color': user.color,
      command: message.interaction.name,
    }),
  ];
}

function drawAttachments(message: MessageDto): readonly Node[] {
  const shown = new Set(
    message.embeds.flatMap(({ image, thumbnail }) => [image?.url, thumbnail?.url]),
  );
  const others = message.attachments.filter(({ url }) => !shown.has(url));
  if (others.length === 0) return [];
  const files = others.map(drawAttachment);
  return [el('discord-attachments', { slot: 'attachments' }, ...files)];
}

function drawAttachment(file: AttachmentDto): HTMLElement {
  const alt = file.description ?? file.filename;
  if (file.content_type.startsWith('image/')) {
    const size = { width: file.width, height: file.height };
    return el(
      'a',
      { href: file.url, target: '_blank' },
      el('img', { class: 'picture', src: file.url, alt, ...size }),
    );
  }
  const name = el('a', { class: 'link', href: file.url, download: file.filename }, file.filename);
  return el('div', { class: 'file' }, name, el('span', { class: 'dim' }, sizeOf(file.size)));
}

function sizeOf(bytes: number): string {
  if (bytes < 1024) return `${bytes} bytes`;
  const kilobytes = bytes / 1024;
  return kilobytes < 1024 ? `${kilobytes.toFixed(2)} KB` : `${(kilobytes / 1024).toFixed(2)} MB`;
}

function drawDismissal(message: MessageDto, handlers: MessageHandlers): HTMLElement {
  const dismiss = el(
    'button',
    { class: 'linkish', on: { click: () => handlers.dismiss(message) } },
    'Dismiss message',
  );
  return el(
    'div',
    { class: 'only-you' },
    icon(EYE, 'Private'),
    ' Only you can see this • ',
    dismiss,
  );
}

const QUIET = 'Sent without a notification';
const BELL_OFF =
  'M12 2a6 6 0 0 0-5.2 3l9.9 9.9H18V8a6 6 0 0 0-6-6ZM3.3 2 2 3.3l4 4V14l-2 3v1h12.7l4 4 1.3-1.3L3.3 2ZM9.5 20a2.5 2.5 0 0 0 5 0h-5Z';
const EYE =
  'M12 5C6.5 5 2.7 9.2 1.4 11.3a1.3 1.3 0 0 0 0 1.4C2.7 14.8 6.5 19 12 19s9.3-4.2 10.6-6.3a1.3 1.3 0 0 0 0-1.4C21.3 9.2 17.5 5 12 5Zm0 11.5a4.5 4.5 0 1 1 0-9 4.5 4.5 0 0 1 0 9Zm0-2.2a2.3 2.3 0 1 0 0-4.6 2.3 2.3 0 0 0 0 4.6Z';

function drawPinLine(message: MessageDto, view: ViewState, handlers: MessageHandlers): HTMLElement {
  const open = el(
    'button',
    { class: 'linkish strong', on: { click: () => handlers.openPins() } },
    'pinned messages',
  );
  const author = el('strong', {}, view.person(message.author.id).name);
  return systemLine(
    message,
    view,
    'pin',
    author,
    ' pinned ',
    el('strong', {}, 'a message'),
    ' to this channel. See all ',
    open,
    '.',
  );
}

function drawThreadLine(
  message: MessageDto,
  view: ViewState,
  handlers: MessageHandlers,
): HTMLElement {
  const id = message.message_reference?.message_id ?? '';
  const open = el(
    'button',
    { class: 'linkish strong', on: { click: () => handlers.openThread(id) } },
    message.content || 'thread',
  );
  const author = el('strong', {}, view.person(message.author.id).name);
  return systemLine(message, view, 'thread', author, ' started a thread: ', open);
}

/** A thread begins with the message that it was started on. */
function drawStarter(message: MessageDto, view: ViewState, handlers: MessageHandlers): HTMLElement {
  const starter = view.message(message.message_reference?.message_id ?? '');
  if (!starter) return drawThreadLine(message, view, handlers);
  const { thread: _, ...alone } = starter;
  return drawMessage(alone, view, handlers, false);
}

function systemLine(
  message: MessageDto,
  view: ViewState,
  type: string,
  ...words: (Node | string)[]
): HTMLElement {
  const timestamp = messageTime(message.timestamp, view.nowMs());
  return el('discord-system-message', { 'data-id': message.id, type, timestamp }, ...words);
}

function drawThreadPreview(
  thread: { readonly id: string; readonly name: string; readonly message_count: number },
  view: ViewState,
  handlers: MessageHandlers,
): HTMLElement {
  // The first message of a thread is the one that it was started on.
  const count = Math.max(thread.message_count, view.threadCount(thread.id), 1) - 1;
  const cta = `${count} ${count === 1 ? 'Message' : 'Messages'}`;
  const properties = { slot: 'thread', name: thread.name, cta };
  return el(
    'discord-thread',
    { ...properties, on: { click: () => handlers.openThread(thread.id) } },
    el('button', { type: 'button' }, 'Open the thread'),
  );
}
