/** The levers in the side bar: what can go otherwise, and what does. */
import type { LeversDto } from '../dto.ts';
import { el, find } from './dom.ts';

/** Draws them; a press goes to `pull`. */
export function createLeverList(
  pull: (name: string, ticker: string) => void,
): (levers: LeversDto | undefined) => void {
  const [name, ticker] = [
    find<HTMLSelectElement>('lever-name'),
    find<HTMLSelectElement>('lever-ticker'),
  ];
  find('lever-set').addEventListener('click', () => pull(name.value, ticker.value));
  let drawnKey = '';
  return (levers) => {
    const key = JSON.stringify(levers);
    if (key === drawnKey || !levers) return;
    drawnKey = key;
    find('levers').hidden = false;
    const fill = (box: HTMLSelectElement, texts: readonly string[]): void => {
      if (box.options.length === 0) box.append(...texts.map((each) => el('option', {}, each)));
    };
    fill(name, levers.names);
    fill(ticker, levers.tickers);
    find('levers-on').replaceChildren(...levers.on.map((each) => el('li', {}, each)));
  };
}
