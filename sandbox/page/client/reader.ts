/** Where somebody reads in a list: at its end, which is followed, or above it, which is left alone. */
import { el } from './dom.ts';

/** The reader's place in one list. */
export interface Reader {
  /** Goes to the end and stays there, whatever grows above. */
  follow(): void;
  /** Messages came: the end stays in view, or a bar tells of them. */
  came(count: number): void;
}

/** Within this of the end, the list follows new messages. */
const NEAR_END_PX = 120;

/** Follows the end until somebody scrolls up. The bar stands after the list. */
export function createReader(list: HTMLElement): Reader {
  let isFollowing = true;
  let missed = 0;
  let lastTop = 0;
  const bar = el('button', { type: 'button', class: 'jump', hidden: true });
  // Keys can scroll it, and a screen reader tells what comes.
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
  // Pictures and components take their height a moment later.
  const sizes = new ResizeObserver(() => {
    if (isFollowing) toEnd();
  });
  list.addEventListener('scroll', () => {
    const isNear = list.scrollHeight - list.scrollTop - list.clientHeight < NEAR_END_PX;
    // Only scrolling up stops the following; content that grows below does not.
    if (isNear || list.scrollTop < lastTop) isFollowing = isNear;
    lastTop = list.scrollTop;
    if (isFollowing && missed > 0) follow();
  });
  bar.addEventListener('click', follow);
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
