/** The message box: plain text, or a slash command with a chip for each option. */
import type { CommandDto, OutcomeDto } from '../dto.ts';
import { el, find } from './dom.ts';
import { createOptionChips, type OptionChips } from './option-chips.ts';
import { createPopup, type Popup } from './popup.ts';
import type { SlashDraft } from './server.ts';
import { exact, firstMissing, type Leaf, leavesOf, matching } from './slash-form.ts';

interface ComposerParts {
  readonly commands: () => readonly CommandDto[];
  readonly send: (draft: SlashDraft) => Promise<OutcomeDto>;
  readonly say: (text: string) => Promise<OutcomeDto>;
  readonly complete: (draft: SlashDraft, focused: string) => Promise<OutcomeDto>;
  readonly complain: (reason: string) => void;
}

/** Wires the message box that the page has. */
export function createComposer(parts: ComposerParts): void {
  const input = find<HTMLInputElement>('box');
  const form = find<HTMLFormElement>('composer');
  const popup = createPopup(find('suggestions'));
  let leaf: Leaf | undefined;
  const leaves = (): readonly Leaf[] => leavesOf(parts.commands());

  const leave = (): void => {
    leaf = undefined;
    chips.clear();
    form.classList.remove('commanding');
    input.placeholder = input.dataset['placeholder'] ?? '';
    input.value = '';
    popup.hide();
    drawMore(chips, popup);
    input.focus();
  };
  const enter = (chosen: Leaf): void => {
    leaf = chosen;
    input.value = '';
    input.placeholder = '';
    form.classList.add('commanding');
    popup.hide();
    chips.begin(chosen);
    drawMore(chips, popup);
    (form.querySelector<HTMLInputElement>('.chip input') ?? input).focus();
  };
  /** A command without options that was typed in full has nothing left to ask. */
  const choose = (command: Leaf, isWhole: boolean): void => {
    enter(command);
    if (isWhole && command.options.length === 0) submit();
  };

  const submit = (): void => {
    const ready = chips.draft();
    if (!leaf || !ready) {
      sayPlainly();
      return;
    }
    const missing = firstMissing(leaf, ready.options);
    if (missing) {
      parts.complain(`/${leaf.path}: ${missing.name} is required.`);
      chips.input(missing.name)?.focus();
      return;
    }
    leave();
    void parts.send(ready);
  };
  const sayPlainly = (): void => {
    const text = input.value.trim();
    const command = text.startsWith('/') ? exact(leaves(), text.slice(1)) : undefined;
    if (command) choose(command, true);
    else if (text.startsWith('/')) {
      parts.complain(`${text.split(' ')[0]}: there is no such command.`);
    } else if (text !== '') {
      input.value = '';
      void parts.say(text);
    }
  };

  const chips = createOptionChips({
    box: find('chips'),
    popup,
    complete: parts.complete,
    submit,
    onPicked: () => {
      drawMore(chips, popup);
      input.focus();
    },
    onRemoved: (wasRequired) => {
      drawMore(chips, popup);
      if (wasRequired) leave();
      else input.focus();
    },
    onEscape: leave,
  });

  const offerCommands = (): void => {
    const typed = input.value.slice(1);
    const finished = typed.endsWith(' ') ? exact(leaves(), typed) : undefined;
    if (finished) {
      enter(finished);
      return;
    }
    const items = matching(leaves(), typed).map((command) => ({
      title: `/${command.path}`,
      detail: command.description,
      pick: () => choose(command, command.path === typed.trim().toLowerCase()),
    }));
    popup.show('Commands', items);
  };
  const onType = (): void => {
    if (leaf) popup.show('Options', optionItems(chips, popup, input.value));
    else if (input.value.startsWith('/')) offerCommands();
    else popup.hide();
  };
  const backOut = (): void => {
    const last = chips.last();
    if (last) last.focus();
    else leave();
  };

  input.addEventListener('input', onType);
  input.addEventListener('keydown', (event) => {
    if (popup.key(event)) return;
    if (event.key === 'Enter') {
      event.preventDefault();
      submit();
    } else if (event.key === 'Escape' && leaf) leave();
    else if (event.key === 'Backspace' && input.value === '' && leaf) backOut();
  });
  form.addEventListener('submit', (event) => event.preventDefault());
  find('send').addEventListener('click', submit);
  find('slash').addEventListener('click', () => {
    leave();
    input.value = '/';
    onType();
  });
  document.addEventListener('pointerdown', (event) => {
    if (!form.contains(event.target as Node)) popup.hide();
  });
}

interface OptionItem {
  readonly title: string;
  readonly detail: string;
  readonly pick: () => void;
}

/** The options that have no chip yet. */
function optionItems(chips: OptionChips, popup: Popup, typed: string): readonly OptionItem[] {
  const wanted = typed.trim().toLowerCase();
  return chips
    .left()
    .filter(({ name }) => name.startsWith(wanted))
    .map((option) => ({
      title: option.name,
      detail: option.description,
      pick: () => {
        find<HTMLInputElement>('box').value = '';
        popup.hide();
        const input = chips.add(option);
        drawMore(chips, popup);
        input.focus();
      },
    }));
}

/** A button for those, where a phone has no keys to find them. */
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
