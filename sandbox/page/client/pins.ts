/** The pinned pane ends where a line of text ends, however much room it has. */
import { type Line, wholeLinesHeight } from './whole-lines.ts';

/** Keeps the list's height such that it ends with a whole line while it is not scrolled. */
export function keepLinesWhole(list: HTMLElement): void {
  const fit = (): void => {
    list.style.maxHeight = '';
    if (list.scrollHeight <= list.clientHeight) return;
    const origin = list.getBoundingClientRect().top - list.scrollTop;
    const room = list.clientHeight;
    list.style.maxHeight = `${wholeLinesHeight(linesIn(list, origin), room)}px`;
  };
  const sizes = new ResizeObserver(fit);
  new MutationObserver(() => {
    sizes.disconnect();
    for (const child of list.children) sizes.observe(child);
    fit();
  }).observe(list, { childList: true });
  addEventListener('resize', fit);
}

/** Of texts and buttons, from the top of what the list holds. */
function linesIn(list: HTMLElement, origin: number): readonly Line[] {
  const texts = document.createTreeWalker(list, NodeFilter.SHOW_TEXT);
  const range = document.createRange();
  const found = [...list.querySelectorAll('button')].map((each) => each.getBoundingClientRect());
  while (texts.nextNode()) {
    range.selectNodeContents(texts.currentNode);
    found.push(...range.getClientRects());
  }
  return found.map(({ top, bottom }) => ({ top: top - origin, bottom: bottom - origin }));
}
