/** The options of a command in the message box: one chip with an input each. */
import type { OptionDto, OutcomeDto } from '../dto.ts';
import { el } from './dom.ts';
import type { Popup } from './popup.ts';
import type { SlashDraft } from './server.ts';
import {
  choicesOf,
  namedIn,
  optionsOf,
  type RunnableCommand,
  type Suggestion,
} from './slash-form.ts';

interface OptionChipParts {
  readonly box: HTMLElement;
  readonly popup: Popup;
  readonly complete: (draft: SlashDraft, focused: string) => Promise<OutcomeDto>;
  /** Enter in a chip. */
  readonly submit: () => void;
  /** An option has its value: move to the next. */
  readonly onPicked: () => void;
  /** Backspace in an empty chip: return to the previous one. */
  readonly onRemoved: (wasRequired: boolean) => void;
  readonly onEscape: () => void;
}

/** The options being filled in. */
export interface OptionChips {
  begin(leaf: RunnableCommand): void;
  add(option: OptionDto): HTMLInputElement;
  clear(): void;
  draft(): SlashDraft | undefined;
  /** Options without a chip. */
  left(): readonly OptionDto[];
  input(name: string): HTMLInputElement | undefined;
  last(): HTMLInputElement | undefined;
}

/** The command being filled in. */
interface Filling {
  leaf: RunnableCommand | undefined;
  readonly texts: Map<string, string>;
  readonly picked: Map<string, Suggestion>;
}

/** No chips until a command is chosen. */
export function createOptionChips(parts: OptionChipParts): OptionChips {
  const { box } = parts;
  const filling: Filling = { leaf: undefined, texts: new Map(), picked: new Map() };
  const offer = createOffers(filling, parts);
  const inputs = (): readonly HTMLInputElement[] => [...box.querySelectorAll('input')];

  const add = (option: OptionDto): HTMLInputElement => {
    const input = drawInput(option);
    input.addEventListener('input', () => {
      // Its name before the value, as a person types `/halt reason:...` in full.
      input.value = namedIn([option], input.value)?.text ?? input.value;
      filling.texts.set(option.name, input.value);
      widen(input);
      void offer(option, input);
    });
    input.addEventListener('focus', () => void offer(option, input));
    input.addEventListener('keydown', (event) => onKey(event, option, input, filling, parts));
    box.append(el('label', { class: 'chip' }, el('b', {}, option.name), input));
    return input;
  };
  return {
    begin: (chosen) => {
      filling.leaf = chosen;
      box.replaceChildren(el('span', { class: 'command-name' }, `/${chosen.path}`));
      for (const option of chosen.options) if (option.required) add(option);
    },
    add,
    clear: () => {
      filling.leaf = undefined;
      filling.texts.clear();
      filling.picked.clear();
      box.replaceChildren();
    },
    draft: () => draftOf(filling),
    left: () => {
      const shown = new Set(inputs().map(({ dataset }) => dataset['option']));
      return filling.leaf?.options.filter(({ name }) => !shown.has(name)) ?? [];
    },
    input: (name) => inputs().find(({ dataset }) => dataset['option'] === name),
    last: () => inputs().at(-1),
  };
}

function draftOf({ leaf, texts, picked }: Filling): SlashDraft | undefined {
  return leaf && { command: leaf.path, options: optionsOf(leaf, texts, picked) };
}

/** Suggests values for the typed text. */
function createOffers(
  filling: Filling,
  parts: OptionChipParts,
): (option: OptionDto, input: HTMLInputElement) => Promise<void> {
  const { popup } = parts;
  /** Answers that arrive after a newer request are dropped. */
  let asked = 0;
  const pick = (option: OptionDto, input: HTMLInputElement, suggestion: Suggestion): void => {
    input.value = suggestion.name;
    filling.texts.set(option.name, suggestion.name);
    filling.picked.set(option.name, suggestion);
    widen(input);
    popup.hide();
    parts.onPicked();
  };
  return async (option, input) => {
    asked += 1;
    const question = asked;
    const found = await suggestions(option, input.value, filling, parts);
    if (question !== asked || document.activeElement !== input) return;
    const items = found.map((each) => ({
      title: each.name,
      detail: '',
      pick: () => pick(option, input, each),
    }));
    popup.show(`${option.name}: ${option.description}`, items);
  };
}

async function suggestions(
  option: OptionDto,
  typed: string,
  filling: Filling,
  { complete }: OptionChipParts,
): Promise<readonly Suggestion[]> {
  const draftSoFar = draftOf(filling);
  if (!option.autocomplete || !draftSoFar) return choicesOf(option, typed);
  const options = { ...draftSoFar.options, [option.name]: typed };
  const outcome = await complete({ ...draftSoFar, options }, option.name);
  return outcome.kind === 'choices' ? outcome.choices : [];
}

function onKey(
  event: KeyboardEvent,
  option: OptionDto,
  input: HTMLInputElement,
  filling: Filling,
  parts: OptionChipParts,
): void {
  if (parts.popup.key(event)) return;
  if (event.key === 'Escape') parts.onEscape();
  if (event.key === 'Enter') {
    event.preventDefault();
    parts.submit();
  }
  if (event.key === 'Backspace' && input.value === '') {
    event.preventDefault();
    filling.texts.delete(option.name);
    remove(option, input.closest('.chip'), parts);
  }
}

function remove(option: OptionDto, chip: Element | null, parts: OptionChipParts): void {
  const before = chip?.previousElementSibling?.querySelector('input');
  chip?.remove();
  parts.popup.hide();
  if (before) before.focus();
  else parts.onRemoved(option.required ?? false);
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
