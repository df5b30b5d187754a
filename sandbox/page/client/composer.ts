/** The message box: plain text, or a slash command with a pill for each option. */
import type { WireCommand, WireOutcome } from '../wire.ts';
import { el, find } from './dom.ts';
import { createPills, type Pills } from './pills.ts';
import { createPopup, type Popup } from './popup.ts';
import type { SlashDraft } from './server.ts';
import { exact, firstMissing, type Leaf, leavesOf, matching } from './slash-form.ts';

export interface ComposerParts {
  readonly commands: () => readonly WireCommand[];
  readonly send: (draft: SlashDraft) => Promise<WireOutcome>;
  readonly say: (text: string) => Promise<WireOutcome>;
  readonly complete: (draft: SlashDraft, focused: string) => Promise<WireOutcome>;
  readonly complain: (reason: string) => void;
}

export function createComposer(parts: ComposerParts): void {
  const input = find<HTMLInputElement>('box');
  const form = find<HTMLFormElement>('composer');
  const popup = createPopup(find('suggestions'));
  let leaf: Leaf | undefined;
  const leaves = (): readonly Leaf[] => leavesOf(parts.commands());

  const leave = (): void => {
    leaf = undefined;
    pills.clear();
    form.classList.remove('commanding');
    input.placeholder = input.dataset['placeholder'] ?? '';
    input.value = '';
    popup.hide();
    drawMore(pills, popup);
    input.focus();
  };
  const enter = (chosen: Leaf): void => {
    leaf = chosen;
    input.value = '';
    input.placeholder = '';
    form.classList.add('commanding');
    popup.hide();
    pills.begin(chosen);
    drawMore(pills, popup);
    (form.querySelector<HTMLInputElement>('.pill input') ?? input).focus();
  };
  /** A command without options that was typed in full has nothing left to ask. */
  const choose = (command: Leaf, isWhole: boolean): void => {
    enter(command);
    if (isWhole && command.options.length === 0) submit();
  };

  const submit = (): void => {
    const ready = pills.draft();
    if (!leaf || !ready) {
      sayPlainly();
      return;
    }
    const missing = firstMissing(leaf, ready.options);
    if (missing) {
      parts.complain(`/${leaf.path}: ${missing.name} is required.`);
      pills.input(missing.name)?.focus();
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

  const pills = createPills({
    box: find('pills'),
    popup,
    complete: parts.complete,
    submit,
    onPicked: () => {
      drawMore(pills, popup);
      input.focus();
    },
    onRemoved: (wasRequired) => {
      drawMore(pills, popup);
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
    if (leaf) popup.show('Options', optionItems(pills, popup, input.value));
    else if (input.value.startsWith('/')) offerCommands();
    else popup.hide();
  };
  const backOut = (): void => {
    const last = pills.last();
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

/** The options that have no pill yet. */
function optionItems(pills: Pills, popup: Popup, typed: string): readonly OptionItem[] {
  const wanted = typed.trim().toLowerCase();
  return pills
    .left()
    .filter(({ name }) => name.startsWith(wanted))
    .map((option) => ({
      title: option.name,
      detail: option.description,
      pick: () => {
        find<HTMLInputElement>('box').value = '';
        popup.hide();
        const input = pills.add(option);
        drawMore(pills, popup);
        input.focus();
      },
    }));
}

/** A button for those, where a phone has no keys to find them. */
function drawMore(pills: Pills, popup: Popup): void {
  const items = optionItems(pills, popup, '');
  const click = (): void => popup.show('Options', items);
  const button = el(
    'button',
    { type: 'button', class: 'more', on: { click } },
    `+${items.length} optional`,
  );
  find('more').replaceChildren(...(items.length > 0 ? [button] : []));
}
