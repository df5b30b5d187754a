/** The message box: plain text, or a slash command with a pill for each option. */
import type { WireCommand, WireOption, WireOutcome } from '../wire.ts';
import { el, find } from './dom.ts';
import { createPopup } from './popup.ts';
import type { SlashDraft } from './server.ts';
import {
  choicesOf,
  exact,
  firstMissing,
  type Leaf,
  leavesOf,
  matching,
  optionsOf,
  type Suggestion,
} from './slash-form.ts';

export interface ComposerParts {
  readonly commands: () => readonly WireCommand[];
  readonly send: (draft: SlashDraft) => Promise<WireOutcome>;
  readonly say: (text: string) => Promise<WireOutcome>;
  readonly complete: (draft: SlashDraft, focused: string) => Promise<WireOutcome>;
  readonly complain: (reason: string) => void;
}

export interface Composer {
  /** Begins a command, as if it had been typed. */
  begin(path: string): void;
}

export function createComposer(parts: ComposerParts): Composer {
  const input = find<HTMLInputElement>('box');
  const form = find<HTMLFormElement>('composer');
  const pills = find('pills');
  const popup = createPopup(find('suggestions'));
  const texts = new Map<string, string>();
  const picked = new Map<string, Suggestion>();
  let leaf: Leaf | undefined;
  let asked = 0;

  const leaves = (): readonly Leaf[] => leavesOf(parts.commands());
  const draft = (chosen: Leaf): SlashDraft => ({
    command: chosen.path,
    options: optionsOf(chosen, texts, picked),
  });

  const leave = (): void => {
    leaf = undefined;
    texts.clear();
    picked.clear();
    pills.replaceChildren();
    form.classList.remove('commanding');
    input.placeholder = input.dataset['placeholder'] ?? '';
    input.value = '';
    popup.hide();
    input.focus();
  };

  const enter = (chosen: Leaf): void => {
    leaf = chosen;
    input.value = '';
    input.placeholder = '';
    form.classList.add('commanding');
    pills.replaceChildren(el('span', { class: 'command-name' }, `/${chosen.path}`));
    for (const option of chosen.options) if (option.required) addPill(option);
    const first = pills.querySelector<HTMLInputElement>('.pill input');
    if (first) first.focus();
    else input.focus();
    offerOptions();
  };

  const addPill = (option: WireOption): HTMLInputElement => {
    const box = el('input', {
      autocomplete: 'off',
      'aria-label': `${option.name}: ${option.description}`,
      'data-option': option.name,
      inputmode: option.type === 4 || option.type === 10 ? 'decimal' : undefined,
    }) as HTMLInputElement;
    const fit = (): void => {
      box.style.width = `${Math.max(3, box.value.length + 1)}ch`;
    };
    box.addEventListener('input', () => {
      texts.set(option.name, box.value);
      fit();
      void offerValues(option, box);
    });
    box.addEventListener('focus', () => void offerValues(option, box));
    box.addEventListener('keydown', (event) => onPillKey(event, option, box));
    fit();
    pills.append(el('label', { class: 'pill' }, el('b', {}, option.name), box));
    return box;
  };

  const onPillKey = (event: KeyboardEvent, option: WireOption, box: HTMLInputElement): void => {
    if (popup.key(event)) return;
    if (event.key === 'Enter') {
      event.preventDefault();
      submit();
    } else if (event.key === 'Backspace' && box.value === '') {
      event.preventDefault();
      const before = box.closest('.pill')?.previousElementSibling?.querySelector('input');
      texts.delete(option.name);
      box.closest('.pill')?.remove();
      if (before) before.focus();
      else if (option.required) leave();
      else input.focus();
    } else if (event.key === 'Escape') leave();
  };

  const offerValues = async (option: WireOption, box: HTMLInputElement): Promise<void> => {
    const ticket = ++asked;
    const found = await suggestionsFor(option, box.value);
    if (ticket !== asked || document.activeElement !== box) return;
    popup.show(
      `${option.name}: ${option.description}`,
      found.map((suggestion) => ({
        title: suggestion.name,
        detail: '',
        pick: () => {
          box.value = suggestion.name;
          texts.set(option.name, suggestion.name);
          picked.set(option.name, suggestion);
          box.style.width = `${Math.max(3, box.value.length + 1)}ch`;
          popup.hide();
          input.focus();
          offerOptions();
        },
      })),
    );
  };

  const suggestionsFor = async (option: WireOption, typed: string): Promise<readonly Suggestion[]> => {
    if (!option.autocomplete || !leaf) return choicesOf(option, typed);
    const asking = { ...draft(leaf), options: { ...draft(leaf).options, [option.name]: typed } };
    const outcome = await parts.complete(asking, option.name);
    return outcome.kind === 'choices' ? outcome.choices : [];
  };

  /** The optional options that are not there yet. */
  const offerOptions = (): void => {
    const shown = new Set([...pills.querySelectorAll<HTMLElement>('[data-option]')].map((each) => each.dataset['option']));
    const left = leaf?.options.filter((option) => !shown.has(option.name)) ?? [];
    const typed = input.value.toLowerCase();
    const items = left
      .filter((option) => option.name.startsWith(typed))
      .map((option) => ({
        title: option.name,
        detail: option.description,
        pick: () => {
          input.value = '';
          addPill(option).focus();
        },
      }));
    if (document.activeElement === input && typed !== '') popup.show('Options', items);
    else popup.hide();
    find('more').replaceChildren(...(left.length > 0 && leaf ? [moreButton(items)] : []));
  };
  const moreButton = (items: readonly { readonly title: string; readonly detail: string; readonly pick: () => void }[]): HTMLElement =>
    el('button', { type: 'button', class: 'more', on: { click: () => popup.show('Options', items) } }, `+${items.length} optional`);

  const submit = (): void => {
    if (!leaf) return sayPlainly();
    const ready = draft(leaf);
    const missing = firstMissing(leaf, ready.options);
    if (missing) {
      parts.complain(`/${leaf.path}: ${missing.name} is required.`);
      const empty = pills.querySelector<HTMLInputElement>(`[data-option="${missing.name}"]`);
      return empty?.focus();
    }
    leave();
    void parts.send(ready);
  };
  const sayPlainly = (): void => {
    const text = input.value.trim();
    if (text === '') return;
    const command = text.startsWith('/') ? exact(leaves(), text.slice(1)) : undefined;
    if (command) return choose(command, true);
    if (text.startsWith('/')) return parts.complain(`${text.split(' ')[0]}: there is no such command.`);
    input.value = '';
    void parts.say(text);
  };
  /** A command without options that was typed in full has nothing left to ask. */
  const choose = (command: Leaf, atOnce: boolean): void => {
    enter(command);
    if (atOnce && command.options.length === 0) submit();
  };

  const onType = (): void => {
    if (leaf) return offerOptions();
    if (!input.value.startsWith('/')) return popup.hide();
    const typed = input.value.slice(1);
    const finished = typed.endsWith(' ') ? exact(leaves(), typed) : undefined;
    if (finished) return enter(finished);
    const isWhole = (command: Leaf): boolean => command.path === typed.trim().toLowerCase();
    const items = matching(leaves(), typed).map((command) => ({
      title: `/${command.path}`,
      detail: command.description,
      pick: () => choose(command, isWhole(command)),
    }));
    popup.show('Commands', items);
  };

  input.addEventListener('input', onType);
  input.addEventListener('keydown', (event) => {
    if (popup.key(event)) return;
    if (event.key === 'Enter') {
      event.preventDefault();
      submit();
    } else if (event.key === 'Escape' && leaf) leave();
    else if (event.key === 'Backspace' && input.value === '' && leaf) backspace();
  });
  const backspace = (): void => {
    const last = [...pills.querySelectorAll<HTMLInputElement>('.pill input')].at(-1);
    if (last) last.focus();
    else leave();
  };
  find('send').addEventListener('click', submit);
  find('slash').addEventListener('click', () => {
    leave();
    input.value = '/';
    onType();
  });
  document.addEventListener('pointerdown', (event) => {
    if (!form.contains(event.target as Node)) popup.hide();
  });
  return {
    begin: (path) => {
      const found = exact(leaves(), path);
      if (found) enter(found);
    },
  };
}
