/** Buttons and selects under a message. */
import type { ComponentDto, MessageDto } from '../dto.ts';
import { el } from './dom.ts';

/** Handlers of buttons and selects. */
export interface ComponentHandlers {
  press(message: MessageDto, customId: string): void;
  choose(message: MessageDto, customId: string, values: readonly string[]): void;
}

const BUTTON = 2;
const STYLES = ['secondary', 'primary', 'secondary', 'success', 'destructive', 'secondary'];

/** The rows below a message. */
export function drawComponents(message: MessageDto, handlers: ComponentHandlers): HTMLElement {
  const rows = message.components.map((row) => {
    const parts = (row.components ?? []).map((part) =>
      part.type === BUTTON
        ? drawButton(part, message, handlers)
        : drawSelect(part, message, handlers),
    );
    return el('div', { class: 'action-row' }, ...parts);
  });
  return el('div', { slot: 'components', class: 'action-rows' }, ...rows);
}

function drawButton(
  button: ComponentDto,
  message: MessageDto,
  handlers: ComponentHandlers,
): HTMLElement {
  const words = [button.emoji?.name, button.label].filter(Boolean).join(' ');
  if (button.url) {
    const target = { href: button.url, target: '_blank', rel: 'noopener noreferrer' };
    return el('a', { class: 'button secondary', ...target }, `${words} ↗`);
  }
  return el(
    'button',
    {
      class: `button ${STYLES[button.style ?? 0] ?? 'secondary'}`,
      'data-custom-id': button.custom_id,
      disabled: button.disabled,
      on: { click: () => handlers.press(message, button.custom_id ?? '') },
    },
    words,
  );
}

function drawSelect(
  select: ComponentDto,
  message: MessageDto,
  handlers: ComponentHandlers,
): HTMLElement {
  const options = (select.options ?? []).map((option) => {
    const words = option.description ? `${option.label} – ${option.description}` : option.label;
    return el('option', { value: option.value, selected: option.default }, words);
  });
  const hint = el(
    'option',
    { value: '', disabled: true, hidden: true },
    select.placeholder ?? 'Make a selection',
  );
  const several = (select.max_values ?? 1) > 1;
  const chosen = select.options?.some((option) => option.default) ?? false;
  if (!chosen && !several) hint.setAttribute('selected', '');
  return el(
    'select',
    {
      class: 'select',
      'data-custom-id': select.custom_id,
      'aria-label': select.placeholder ?? 'Make a selection',
      disabled: select.disabled,
      multiple: several,
      on: {
        change: (event) => {
          const box = event.target as HTMLSelectElement;
          const values = [...box.selectedOptions].map((option) => option.value);
          handlers.choose(message, select.custom_id ?? '', values);
        },
      },
    },
    ...(several ? [] : [hint]),
    ...options,
  );
}
