/** The options of a command in the message box: one chip with an input each. */
import type { OptionDto, OutcomeDto } from '../dto.ts';
import { el } from './dom.ts';
import type { Popup } from './popup.ts';
import type { SlashDraft } from './server.ts';
import { choicesOf, type Leaf, optionsOf, type Suggestion } from './slash-form.ts';

interface OptionChipParts {
  readonly box: HTMLElement;
  readonly popup: Popup;
  readonly complete: (draft: SlashDraft, focused: string) => Promise<OutcomeDto>;
  /** Enter in a chip. */
  readonly submit: () => void;
  /** An option has its value: on with the next. */
  readonly onPicked: () => void;
  /** Back from an empty chip to what is before it. */
  readonly onRemoved: (wasRequired: boolean) => void;
  readonly onEscape: () => void;
}

/** The options that are being filled in. */
export interface OptionChips {
  begin(leaf: Leaf): void;
  add(option: OptionDto): HTMLInputElement;
  clear(): void;
  draft(): SlashDraft | undefined;
  /** Options without a chip. */
  left(): readonly OptionDto[];
  input(name: string): HTMLInputElement | undefined;
  last(): HTMLInputElement | undefined;
}

/** No chips until a command begins. */
export function createOptionChips(parts: OptionChipParts): OptionChips {
  const { box, popup } = parts;
  const texts = new Map<string, string>();
  const picked = new Map<string, Suggestion>();
  let leaf: Leaf | undefined;
  /** Answers that come after a later question are dropped. */
  let asked = 0;

  const inputs = (): readonly HTMLInputElement[] => [...box.querySelectorAll('input')];
  const draft = (): SlashDraft | undefined =>
    leaf && { command: leaf.path, options: optionsOf(leaf, texts, picked) };

  const suggestions = async (option: OptionDto, typed: string): Promise<readonly Suggestion[]> => {
    const sofar = draft();
    if (!option.autocomplete || !sofar) return choicesOf(option, typed);
    const options = { ...sofar.options, [option.name]: typed };
    const outcome = await parts.complete({ ...sofar, options }, option.name);
    return outcome.kind === 'choices' ? outcome.choices : [];
  };
  const pick = (option: OptionDto, input: HTMLInputElement, suggestion: Suggestion): void => {
    input.value = suggestion.name;
    texts.set(option.name, suggestion.name);
    picked.set(option.name, suggestion);
    widen(input);
    popup.hide();
    parts.onPicked();
  };
  const offer = async (option: OptionDto, input: HTMLInputElement): Promise<void> => {
    asked += 1;
    const question = asked;
    const found = await suggestions(option, input.value);
    if (question !== asked || document.activeElement !== input) return;
    const items = found.map((each) => ({
      title: each.name,
      detail: '',
      pick: () => pick(option, input, each),
    }));
    popup.show(`${option.name}: ${option.description}`, items);
  };
  const remove = (option: OptionDto, chip: Element | null): void => {
    const before = chip?.previousElementSibling?.querySelector('input');
    texts.delete(option.name);
    chip?.remove();
    popup.hide();
    if (before) before.focus();
    else parts.onRemoved(option.required ?? false);
  };
  const onKey = (event: KeyboardEvent, option: OptionDto, input: HTMLInputElement): void => {
    if (popup.key(event)) return;
    if (event.key === 'Escape') parts.onEscape();
    if (event.key === 'Enter') {
      event.preventDefault();
      parts.submit();
    }
    if (event.key === 'Backspace' && input.value === '') {
      event.preventDefault();
      remove(option, input.closest('.chip'));
    }
  };
  const add = (option: OptionDto): HTMLInputElement => {
    const input = drawInput(option);
    input.addEventListener('input', () => {
      texts.set(option.name, input.value);
      widen(input);
      void offer(option, input);
    });
    input.addEventListener('focus', () => void offer(option, input));
    input.addEventListener('keydown', (event) => onKey(event, option, input));
    box.append(el('label', { class: 'chip' }, el('b', {}, option.name), input));
    return input;
  };

  return {
    begin: (chosen) => {
      leaf = chosen;
      box.replaceChildren(el('span', { class: 'command-name' }, `/${chosen.path}`));
      for (const option of chosen.options) if (option.required) add(option);
    },
    add,
    clear: () => {
      leaf = undefined;
      texts.clear();
      picked.clear();
      box.replaceChildren();
    },
    draft,
    left: () => {
      const shown = new Set(inputs().map(({ dataset }) => dataset['option']));
      return leaf?.options.filter(({ name }) => !shown.has(name)) ?? [];
    },
    input: (name) => inputs().find(({ dataset }) => dataset['option'] === name),
    last: () => inputs().at(-1),
  };
}

function drawInput(option: OptionDto): HTMLInputElement {
  const isNumber = option.type === 4 || option.type === 10;
  const input = el('input', {
    autocomplete: 'off',
    'aria-label': `${option.name}: ${option.description}`,
    'data-option': option.name,
    inputmode: isNumber ? 'decimal' : undefined,
  }) as HTMLInputElement;
  widen(input);
  return input;
}

function widen(input: HTMLInputElement): void {
  input.style.width = `${Math.max(3, input.value.length + 1)}ch`;
}
