/** The list above the message box; arrows, Enter, Tab or a tap select. */
import { el } from './dom.ts';

interface Item {
  readonly title: string;
  readonly detail: string;
  readonly pick: () => void;
}

/** The list above the message box. */
export interface Popup {
  show(heading: string, items: readonly Item[]): void;
  hide(): void;
  isOpen(): boolean;
  /** Whether the list handled the key. */
  key(event: KeyboardEvent): boolean;
}

/** Hidden until it has content. */
export function createPopup(box: HTMLElement): Popup {
  let items: readonly Item[] = [];
  let active = 0;
  const input = (): Element | null => document.querySelector(`[aria-controls="${box.id}"]`);

  const mark = (next: number): void => {
    active = (next + items.length) % items.length;
    const rows = box.querySelectorAll('[role="option"]');
    rows.forEach((row, index) => void row.setAttribute('aria-selected', String(index === active)));
    rows[active]?.scrollIntoView({ block: 'nearest' });
    input()?.setAttribute('aria-activedescendant', `suggestion-${active}`);
  };
  const hide = (): void => {
    items = [];
    box.hidden = true;
    input()?.setAttribute('aria-expanded', 'false');
    input()?.removeAttribute('aria-activedescendant');
  };
  return {
    show: (heading, next) => {
      if (next.length === 0) return hide();
      items = next;
      const rows = next.map(({ title, detail, pick }, index) =>
        el(
          'div',
          {
            role: 'option',
            id: `suggestion-${index}`,
            class: 'suggestion',
            // Before the box loses focus, which would close the list.
            on: {
              pointerdown: (event) => event.preventDefault(),
              click: pick,
              pointerenter: () => mark(index),
            },
          },
          el('span', { class: 'suggestion-title' }, title),
          el('span', { class: 'suggestion-detail' }, detail),
        ),
      );
      box.replaceChildren(el('div', { class: 'suggestions-heading' }, heading), ...rows);
      box.hidden = false;
      input()?.setAttribute('aria-expanded', 'true');
      mark(0);
    },
    hide,
    isOpen: () => items.length > 0,
    key: (event) => {
      if (items.length === 0) return false;
      if (event.key === 'ArrowDown') mark(active + 1);
      else if (event.key === 'ArrowUp') mark(active - 1);
      else if (event.key === 'Enter' || event.key === 'Tab') items[active]?.pick();
      else if (event.key === 'Escape') hide();
      else return false;
      event.preventDefault();
      return true;
    },
  };
}
