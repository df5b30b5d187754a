/** Keeps the keyboard's focus where it was while messages are redrawn. */

/**
 * Redraws the list. A button that had the focus passes it to its successor in the same message, or to the list
 * when there is none.
 */
export function keepFocus(list: HTMLElement, redraw: () => void): void {
  const had = document.activeElement;
  const isInside = had instanceof HTMLElement && list.contains(had);
  const message = isInside ? had.closest<HTMLElement>('[data-id]')?.dataset['id'] : undefined;
  const action = isInside ? had.dataset['customId'] : undefined;
  redraw();
  if (message === undefined || list.contains(document.activeElement)) return;
  const next = [...list.querySelectorAll<HTMLElement>('[data-id]')].find(
    ({ dataset }) => dataset['id'] === message,
  );
  const same = [...(next?.querySelectorAll<HTMLElement>('[data-custom-id]') ?? [])].find(
    ({ dataset }) => dataset['customId'] === action,
  );
  // Messages draw their contents a moment later; until then nothing in them takes the focus.
  requestAnimationFrame(() => (same ?? list).focus({ preventScroll: true }));
}
