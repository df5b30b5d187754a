/** A modal opened by the bot. */
import type { InputDto, ModalDto, ModalRowDto } from '../dto.ts';
import { el } from './dom.ts';

/** Shows the form until it is submitted or closed. */
export function openModal(
  modal: ModalDto,
  send: (values: Readonly<Record<string, string>>) => void,
): void {
  const fields = modal.components.flatMap(fieldsOf);
  const texts = modal.components.flatMap(({ content }) => content ?? []);
  const dialog = el('dialog', { class: 'modal', 'aria-label': modal.title }) as HTMLDialogElement;
  const close = (): void => {
    dialog.close();
    dialog.remove();
  };
  const form = el(
    'form',
    {
      on: {
        submit: (event) => {
          event.preventDefault();
          const data = new FormData(event.target as HTMLFormElement);
          close();
          send(Object.fromEntries([...data].map(([name, value]) => [name, String(value)])));
        },
      },
    },
    el('h2', {}, modal.title),
    ...texts.map((text) => el('p', { class: 'form-text' }, text)),
    ...fields.map(drawField),
    el(
      'footer',
      {},
      el('button', { type: 'button', class: 'button plain', on: { click: close } }, 'Cancel'),
      el('button', { class: 'button primary' }, 'Submit'),
    ),
  );
  dialog.append(form);
  dialog.addEventListener('cancel', close);
  document.body.append(dialog);
  dialog.showModal();
}

interface Field extends InputDto {
  readonly words: string;
  readonly hint: string | undefined;
}

function fieldsOf(row: ModalRowDto): readonly Field[] {
  const inputs = row.component ? [row.component] : (row.components ?? []);
  return inputs.map((input) => ({
    ...input,
    words: row.label ?? input.label ?? input.custom_id,
    hint: row.description,
  }));
}

function drawField(field: Field): HTMLElement {
  const properties = {
    name: field.custom_id,
    placeholder: field.placeholder,
    required: field.required !== false,
    minlength: field.min_length,
    maxlength: field.max_length ?? 4000,
  };
  const isParagraph = field.style === 2;
  const box = isParagraph
    ? el('textarea', { ...properties, rows: 4 }, field.value ?? '')
    : el('input', { ...properties, value: field.value, autocomplete: 'off' });
  const star = properties.required ? el('span', { class: 'required' }, ' *') : undefined;
  const hint = field.hint === undefined ? undefined : el('small', {}, field.hint);
  return el('label', { class: 'field' }, el('span', {}, field.words, star), hint, box);
}
