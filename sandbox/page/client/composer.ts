/** The message box: plain text, or a slash command with a chip for each option. */
import type { CommandDto, OptionDto, OutcomeDto } from '../dto.ts';
import { el, find } from './dom.ts';
import { createOptionChips, type OptionChips } from './option-chips.ts';
import { createPopup, type Popup } from './popup.ts';
import type { SlashDraft } from './server.ts';
import {
  exact,
  firstMissing,
  leavesOf,
  matching,
  namedIn,
  type RunnableCommand,
} from './slash-form.ts';

interface ComposerParts {
  readonly commands: () => readonly CommandDto[];
  readonly send: (draft: SlashDraft) => Promise<OutcomeDto>;
  readonly say: (text: string) => Promise<OutcomeDto>;
  readonly complete: (draft: SlashDraft, focused: string) => Promise<OutcomeDto>;
  readonly complain: (reason: string) => void;
}

/** The message box, and the command being written in it. */
interface Box {
  readonly parts: ComposerParts;
  readonly input: HTMLInputElement;
  readonly form: HTMLFormElement;
  readonly popup: Popup;
  readonly chips: OptionChips;
  leaf: RunnableCommand | undefined;
}

/** Sets up the page's message box. */
export function createComposer(parts: ComposerParts): void {
  const input = find<HTMLInputElement>('box');
  const form = find<HTMLFormElement>('composer');
  const popup = createPopup(find('suggestions'));
  const chips = createOptionChips({
    box: find('chips'),
    popup,
    complete: parts.complete,
    submit: () => submit(box),
    onPicked: () => {
      drawMore(chips, popup);
      input.focus();
    },
    onRemoved: (wasRequired) => {
      drawMore(chips, popup);
      if (wasRequired) leave(box);
      else input.focus();
    },
    onEscape: () => leave(box),
  });
  const box: Box = { parts, input, form, popup, chips, leaf: undefined };

  input.addEventListener('input', () => onType(box));
  input.addEventListener('keydown', (event) => onKey(box, event));
  form.addEventListener('submit', (event) => event.preventDefault());
  find('send').addEventListener('click', () => submit(box));
  const begin = (): void => {
    leave(box);
    input.value = '/';
    onType(box);
  };
  find('slash').addEventListener('click', begin);
  // Keyboard users reach the commands from anywhere on the page.
  document.addEventListener('keydown', (event) => {
    const isTyping = (event.target as HTMLElement).matches?.('input, textarea, select');
    if (event.key !== '/' || event.ctrlKey || event.metaKey || isTyping) return;
    event.preventDefault();
    begin();
  });
  document.addEventListener('pointerdown', (event) => {
    if (!form.contains(event.target as Node)) popup.hide();
  });
}

/** Discards the command and empties the box. */
function leave(box: Box): void {
  const { chips, form, input, popup } = box;
  box.leaf = undefined;
  chips.clear();
  form.classList.remove('commanding');
  input.placeholder = input.dataset['placeholder'] ?? '';
  input.value = '';
  popup.hide();
  drawMore(chips, popup);
  input.focus();
}

function enter(box: Box, chosen: RunnableCommand): void {
  const { chips, form, input, popup } = box;
  box.leaf = chosen;
  input.value = '';
  input.placeholder = '';
  form.classList.add('commanding');
  popup.hide();
  chips.begin(chosen);
  drawMore(chips, popup);
  (form.querySelector<HTMLInputElement>('.chip input') ?? input).focus();
}

/** A command without options, typed in full, needs nothing more. */
function choose(box: Box, command: RunnableCommand, isWhole: boolean): void {
  enter(box, command);
  if (isWhole && command.options.length === 0) submit(box);
}

function submit(box: Box): void {
  const { chips, input, leaf, parts } = box;
  const ready = chips.draft();
  if (!leaf || !ready) {
    sayPlainly(box);
    return;
  }
  const rest = input.value.trim();
  if (rest !== '') {
    parts.complain(`/${leaf.path}: ${rest} is none of its options.`);
    return;
  }
  const missing = firstMissing(leaf, ready.options);
  if (missing) {
    parts.complain(`/${leaf.path}: ${missing.name} is required.`);
    chips.input(missing.name)?.focus();
    return;
  }
  leave(box);
  void parts.send(ready);
}

function sayPlainly(box: Box): void {
  const { input, parts } = box;
  const text = input.value.trim();
  const command = text.startsWith('/')
    ? exact(leavesOf(parts.commands()), text.slice(1))
    : undefined;
  if (command) choose(box, command, true);
  else if (text.startsWith('/')) {
    parts.complain(`${text.split(' ')[0]}: there is no such command.`);
  } else if (text !== '') {
    input.value = '';
    void parts.say(text);
  }
}

function onType(box: Box): void {
  const { chips, input, leaf, popup } = box;
  const named = namedIn(chips.left(), input.value);
  if (named) addOption(chips, popup, named.option, named.text);
  else if (leaf) popup.show('Options', optionItems(chips, popup, input.value));
  else if (input.value.startsWith('/')) offerCommands(box);
  else popup.hide();
}

function offerCommands(box: Box): void {
  const leaves = leavesOf(box.parts.commands());
  const typed = box.input.value.slice(1);
  const finished = typed.endsWith(' ') ? exact(leaves, typed) : undefined;
  if (finished) {
    enter(box, finished);
    return;
  }
  const items = matching(leaves, typed).map((command) => ({
    title: `/${command.path}`,
    detail: command.description,
    pick: () => choose(box, command, command.path === typed.trim().toLowerCase()),
  }));
  box.popup.show('Commands', items);
}

function onKey(box: Box, event: KeyboardEvent): void {
  const { chips, input, leaf, popup } = box;
  if (popup.key(event)) return;
  if (event.key === 'Enter') {
    event.preventDefault();
    submit(box);
  } else if (event.key === 'Escape' && leaf) leave(box);
  else if (event.key === 'Backspace' && input.value === '' && leaf) {
    const last = chips.last();
    if (last) last.focus();
    else leave(box);
  }
}

interface OptionItem {
  readonly title: string;
  readonly detail: string;
  readonly pick: () => void;
}

/** Options that have no chip yet. */
function optionItems(chips: OptionChips, popup: Popup, typed: string): readonly OptionItem[] {
  const wanted = typed.trim().toLowerCase();
  return chips
    .left()
    .filter(({ name }) => name.startsWith(wanted))
    .map((option) => ({
      title: option.name,
      detail: option.description,
      pick: () => addOption(chips, popup, option, ''),
    }));
}

function addOption(chips: OptionChips, popup: Popup, option: OptionDto, text: string): void {
  find<HTMLInputElement>('box').value = '';
  popup.hide();
  const input = chips.add(option);
  drawMore(chips, popup);
  input.focus();
  input.value = text;
  input.dispatchEvent(new Event('input'));
}

/** A button for those, as a phone has no keys to reach them. */
function drawMore(chips: OptionChips, popup: Popup): void {
  const items = optionItems(chips, popup, '');
  const click = (): void => popup.show('Options', items);
  const button = el(
    'button',
    { type: 'button', class: 'more', on: { click } },
    `+${items.length} optional`,
  );
  find('more').replaceChildren(...(items.length > 0 ? [button] : []));
}
