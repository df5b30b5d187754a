/** The list of messages; only changed ones are redrawn, so that nothing jumps. */
import type { MessageDto } from '../dto.ts';
import { el } from './dom.ts';
import { keepFocus } from './keep-focus.ts';
import { drawMessage, EPHEMERAL, type MessageHandlers, SILENT } from './message.ts';
import { createReader } from './reader.ts';
import { dayName } from './time.ts';
import type { ViewState } from './view-state.ts';

/** A list of messages on the page. */
export interface Channel {
  /** Draws the current messages. */
  draw(messages: readonly MessageDto[]): void;
}

const GROUPED_MS = 7 * 60_000;

/** Draws into the list; redraws only messages that changed. */
export function createChannel(
  list: HTMLElement,
  view: ViewState,
  handlers: MessageHandlers,
): Channel {
  const reader = createReader(list);
  let drawn = new Map<string, { readonly key: string; readonly nodes: readonly HTMLElement[] }>();

  const draw = (messages: readonly MessageDto[]): void => {
    const me = view.state().me;
    const next = new Map<
      string,
      { readonly key: string; readonly nodes: readonly HTMLElement[] }
    >();
    messages.forEach((message, index) => {
      const before = messages[index - 1];
      const newDay =
        before !== undefined && dayName(before.timestamp) !== dayName(message.timestamp);
      const grouped = !newDay && before !== undefined && isGrouped(before, message);
      const count = message.thread ? view.threadCount(message.thread.id) : 0;
      const key = JSON.stringify([me, newDay, grouped, count, message]);
      const known = drawn.get(message.id);
      const nodes =
        known?.key === key
          ? known.nodes
          : [
              ...(newDay
                ? [
                    el(
                      'div',
                      { class: 'day', role: 'separator' },
                      el('span', {}, dayName(message.timestamp)),
                    ),
                  ]
                : []),
              drawMessage(message, view, handlers, grouped),
            ];
      next.set(message.id, { key, nodes });
    });
    keepFocus(list, () =>
      place(
        list,
        [...next.values()].flatMap(({ nodes }) => nodes),
      ),
    );
    const fresh = messages.filter(({ id }) => !drawn.has(id));
    const isElsewhere = ![...drawn.keys()].some((id) => next.has(id));
    drawn = next;
    reader.came(fresh.length);
    if (isElsewhere || fresh.some((message) => isOwn(message, view))) reader.follow();
  };
  return { draw };
}

/** Moves only elements that are not in place yet. */
function place(list: HTMLElement, wanted: readonly HTMLElement[]): void {
  const kept = new Set<Element>(wanted);
  for (const child of [...list.children]) if (!kept.has(child)) child.remove();
  wanted.forEach((node, index) => {
    if (list.children[index] !== node) list.insertBefore(node, list.children[index] ?? null);
  });
}

/** The reader's own message, or a reply to or only for the reader: it is scrolled into view. */
function isOwn({ author, interaction, flags }: MessageDto, view: ViewState): boolean {
  const me = view.me().id;
  return author.id === me || interaction?.user.id === me || (flags & EPHEMERAL) !== 0;
}

const PLAIN: readonly number[] = [0];

function isGrouped(before: MessageDto, message: MessageDto): boolean {
  const apartMs = Date.parse(message.timestamp) - Date.parse(before.timestamp);
  const together = before.author.id === message.author.id && apartMs < GROUPED_MS;
  const own = PLAIN.includes(message.type) && [0, 19, 20].includes(before.type);
  const plain = [before, message].every(({ flags }) => (flags & ~SILENT) === 0);
  return together && own && plain && !message.interaction;
}
