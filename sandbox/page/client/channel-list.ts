/** The list of channels, their threads, and direct messages. */
import type { ChannelDto, StateDto } from '../dto.ts';
import { el } from './dom.ts';

interface ChannelList {
  draw(state: StateDto, current: ChannelDto): void;
}

/** Redraws only when channels or the current one change. */
export function createChannelList(
  box: HTMLElement,
  go: (placeId: string, threadId?: string) => void,
): ChannelList {
  let drawnKey = '';
  const leave = (placeId: string, threadId?: string) => (): void => {
    document.body.classList.remove('menu-open');
    go(placeId, threadId);
  };
  const drawPlace = (place: ChannelDto, isCurrent: boolean): readonly HTMLElement[] => {
    const active = place.threads.filter(({ archived }) => !archived);
    return [
      el(
        'button',
        {
          class: 'channel-link',
          'data-place': place.id,
          'aria-current': isCurrent && 'page',
          on: { click: leave(place.id) },
        },
        `${place.kind === 'direct' ? '@' : '#'} ${place.name}`,
      ),
      ...active.map(({ id, name }) =>
        el(
          'button',
          { class: 'thread-link', 'data-thread': id, on: { click: leave(place.id, id) } },
          name,
        ),
      ),
    ];
  };
  return {
    draw: ({ channels }, current) => {
      const key = JSON.stringify([channels, current.id]);
      if (key === drawnKey) return;
      drawnKey = key;
      const rows = (kind: ChannelDto['kind']): readonly HTMLElement[] =>
        channels
          .filter((each) => each.kind === kind)
          .flatMap((place) => drawPlace(place, place.id === current.id));
      const heading = el('h2', {}, 'Direct messages');
      box.replaceChildren(...rows('text'), heading, ...rows('direct'));
    },
  };
}
