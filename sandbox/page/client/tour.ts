/** Introduction for newcomers: what this is, what just happened, and three things to press. */
import type { MessageDto } from '../dto.ts';
import { find } from './dom.ts';

const SEEN = 'tour-seen';

/** Shows the latest events until the tour is dismissed. */
export function createTour(
  run: (command: string) => void,
): (messages: readonly MessageDto[]) => void {
  const tour = find('tour');
  tour.hidden = localStorage.getItem(SEEN) !== null;
  find('tour-close').addEventListener('click', () => {
    localStorage.setItem(SEEN, 'yes');
    tour.hidden = true;
    find('box').focus();
  });
  for (const button of tour.querySelectorAll<HTMLElement>('[data-command]')) {
    button.addEventListener('click', () => run(button.dataset['command'] ?? 'help'));
  }
  return (messages) => {
    const told = messages.findLast(({ pinned, embeds }) => !pinned && embeds[0]?.title);
    const title = told?.embeds[0]?.title ?? 'Rotor is starting';
    find('tour-last').textContent = title.replace(/[*_`]/g, '');
  };
}
