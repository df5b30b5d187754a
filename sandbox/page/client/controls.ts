/** Who one is, how fast the market runs, and what time it is there. */
import type { MarketDto, Me, PersonDto, Speed, StateDto } from '../dto.ts';
import { createChannelList } from './channel-list.ts';
import { el, find } from './dom.ts';
import { createLeverList } from './lever-list.ts';
import { marketTime } from './time.ts';
import { avatarOf, type ViewState } from './view-state.ts';

interface ControlParts {
  readonly become: (me: Me) => void;
  readonly setSpeed: (speed: Speed) => void;
  readonly pullLever: (name: string, ticker: string) => void;
  readonly togglePins: () => void;
  readonly go: (placeId: string, threadId?: string) => void;
}

interface Controls {
  draw(state: StateDto, view: ViewState): void;
}

const SPEEDS: readonly (readonly [Speed, string, string])[] = [
  ['pause', '❚❚', 'Pause the market'],
  ['minute', '1 / min', 'One session a minute'],
  ['second', '1 / s', 'One session a second'],
];

/** Wires the side bar and the header. */
export function createControls(parts: ControlParts): Controls {
  const speeds = find('speeds');
  for (const [speed, words, title] of SPEEDS) {
    const on = { click: () => parts.setSpeed(speed) };
    speeds.append(
      el(
        'button',
        { class: 'speed', title, 'aria-label': `${words}: ${title}`, 'data-speed': speed, on },
        words,
      ),
    );
  }
  find('pins-toggle').addEventListener('click', parts.togglePins);
  find('pins-close').addEventListener('click', parts.togglePins);
  find('menu').addEventListener('click', () => document.body.classList.toggle('menu-open'));
  find('shade').addEventListener('click', () => document.body.classList.remove('menu-open'));

  const drawLevers = createLeverList(parts.pullLever);
  const channels = createChannelList(find('channels'), parts.go);
  let peopleKey = '';
  const drawPeople = (state: StateDto): void => {
    const key = JSON.stringify([state.me, state.people]);
    if (key === peopleKey) return;
    peopleKey = key;
    const people = state.people.filter(({ isBot }) => !isBot);
    const rows = people.map((person) =>
      el(
        'button',
        {
          class: 'person',
          role: 'radio',
          'aria-checked': String(person.key === state.me),
          'data-me': person.key,
          on: {
            click: () => {
              document.body.classList.remove('menu-open');
              if (person.key) parts.become(person.key);
            },
          },
        },
        el('img', { src: avatarOf(person), alt: '', width: 32, height: 32 }),
        el(
          'span',
          {},
          el(
            'b',
            { style: person.color && `color:color-mix(in srgb, ${person.color} 65%, white)` },
            person.name,
          ),
          el('small', {}, rolesOf(person, state)),
        ),
      ),
    );
    find('people').replaceChildren(...rows);
  };

  return {
    draw: (state, view) => {
      const { market, presence } = state;
      const place = view.place();
      const mark = place.kind === 'direct' ? '@' : '#';
      document.title = `${mark}${place.name} | Rotor sandbox`;
      find('channel-name').textContent = `${mark} ${place.name}`;
      find('guild-name').textContent = state.guildName;
      find('topic').textContent = place.topic;
      channels.draw(state, place);
      drawLevers(market.levers);
      for (const clock of document.querySelectorAll('.market-clock'))
        clock.textContent = marketTime(market.nowMs);
      find('market-label').textContent = market.label;
      for (const button of speeds.querySelectorAll<HTMLElement>('.speed')) {
        button.setAttribute('aria-pressed', String(button.dataset['speed'] === market.speed));
      }
      find('reached').textContent = reachedText(market);
      document.body.classList.toggle('paused', market.speed === 'pause');
      drawPeople(state);
      const bot = state.people.find(({ key }) => key === undefined);
      find('bot').replaceChildren(
        ...(bot ? [el('img', { src: avatarOf(bot), alt: '', width: 32, height: 32 })] : []),
        el(
          'span',
          {},
          el('b', {}, bot?.name ?? ''),
          el('small', {}, presence.text ?? (presence.online ? 'online' : 'offline')),
        ),
      );
      find('bot').classList.toggle('online', presence.online);
      const input = find<HTMLInputElement>('box');
      input.dataset['placeholder'] = `Message as ${view.me().name.split(' ')[0]}, or type /`;
      find<HTMLImageElement>('menu-me').src = avatarOf(view.me());
      if (!find('composer').classList.contains('commanding'))
        input.placeholder = input.dataset['placeholder'];
    },
  };
}

function rolesOf(person: PersonDto, { roles }: StateDto): string {
  const names = roles.filter(({ id }) => person.roles.includes(id)).map(({ name }) => name);
  return names.reverse().join(', ') || 'no roles';
}

/** The speed that was reached, which is less than chosen while the market waits for the desk. */
function reachedText({ speed, reached }: MarketDto): string {
  if (reached === undefined || speed === 'pause') return '';
  const per = speed === 'minute' ? 'minute' : 'second';
  const sessions = per === 'minute' ? reached * 60 : reached;
  const reason = sessions < 0.9 ? ': the market waits for Rotor' : '';
  return `Reached: ${sessions.toFixed(2)} sessions a ${per}${reason}`;
}
