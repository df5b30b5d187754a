/** The reader's scroll position: at the end of a list it follows new messages, above it stays put. */
import { el } from './dom.ts';

/** The reader's position in one list. */
export interface Reader {
  /** Scrolls to the end and stays there, even if content above grows. */
  follow(): void;
  /** Messages arrived: the end stays in view, or a bar announces them. */
  came(count: number): void;
}

/** Within this of the end, the list follows new messages. */
const NEAR_END_PX = 120;

/** Follows the end until the reader scrolls up. The bar is placed after the list. */
export function createReader(list: HTMLElement): Reader {
  let isFollowing = true;
  let missed = 0;
  let lastTop = 0;
  const bar = el('button', { type: 'button', class: 'jump', hidden: true });
  // Makes it scrollable by keyboard, and screen readers announce new messages.
  list.setAttribute('role', 'log');
  list.setAttribute('aria-label', 'Messages');
  list.tabIndex = 0;
  list.after(bar);
  const drawBar = (): void => {
    bar.hidden = missed === 0;
    const words = missed === 1 ? '1 new message' : `${missed} new messages`;
    bar.textContent = `${words} · Jump to present`;
  };
  const toEnd = (): void => {
    list.scrollTop = list.scrollHeight;
  };
  const follow = (): void => {
    isFollowing = true;
    missed = 0;
    drawBar();
    toEnd();
  };
  // Images and components get their height a moment later.
  const sizes = new ResizeObserver(() => {
    if (isFollowing) toEnd();
  });
  list.addEventListener('scroll', () => {
    const isNear = list.scrollHeight - list.scrollTop - list.clientHeight < NEAR_END_PX;
    // Only scrolling up stops following; content growing below does not.
    if (isNear || list.scrollTop < lastTop) isFollowing = isNear;
    lastTop = list.scrollTop;
    if (isFollowing && missed > 0) follow();
  });
  bar.addEventListener('click', () => {
    follow();
    list.focus({ preventScroll: true });
  });
  return {
    follow,
    came: (count) => {
      for (const child of list.children) sizes.observe(child);
      sizes.observe(list);
      if (isFollowing) return follow();
      missed += count;
      drawBar();
    },
  };
}
