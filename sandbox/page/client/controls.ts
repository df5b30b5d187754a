/** The person, the market's speed, and its time. */
import type { ChannelDto, LeversDto, MarketDto, Me, PersonDto, Speed, StateDto } from '../dto.ts';
import { createChannelList } from './channel-list.ts';
import { el, find } from './dom.ts';
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

/** Sets up the side bar and the header. */
export function createControls(parts: ControlParts): Controls {
  const speeds = find('speeds');
  speeds.append(...SPEEDS.map((speed) => speedButton(speed, parts.setSpeed)));
  find('pins-toggle').addEventListener('click', parts.togglePins);
  find('pins-close').addEventListener('click', parts.togglePins);
  find('menu').addEventListener('click', () => document.body.classList.toggle('menu-open'));
  find('shade').addEventListener('click', () => document.body.classList.remove('menu-open'));

  const drawLevers = createLeverList(parts.pullLever);
  const channels = createChannelList(find('channels'), parts.go);
  const drawPeople = createPeopleList(parts.become);
  return {
    draw: (state, view) => {
      const place = view.place();
      drawPlace(place, state);
      channels.draw(state, place);
      drawLevers(state.market.levers);
      drawMarket(state.market, speeds);
      drawPeople(state);
      drawBot(state);
      drawMe(view.me());
    },
  };
}

function speedButton(
  [speed, words, title]: (typeof SPEEDS)[number],
  setSpeed: (speed: Speed) => void,
): HTMLElement {
  const on = { click: () => setSpeed(speed) };
  return el(
    'button',
    { class: 'speed', title, 'aria-label': `${words}: ${title}`, 'data-speed': speed, on },
    words,
  );
}

function drawPlace({ kind, name, topic }: ChannelDto, { guildName }: StateDto): void {
  const mark = kind === 'direct' ? '@' : '#';
  document.title = `${mark}${name} | Rotor sandbox`;
  find('channel-name').textContent = `${mark} ${name}`;
  find('guild-name').textContent = guildName;
  find('topic').textContent = topic;
}

function drawMarket(market: MarketDto, speeds: HTMLElement): void {
  for (const clock of document.querySelectorAll('.market-clock'))
    clock.textContent = marketTime(market.nowMs);
  find('market-label').textContent = market.label;
  for (const button of speeds.querySelectorAll<HTMLElement>('.speed')) {
    button.setAttribute('aria-pressed', String(button.dataset['speed'] === market.speed));
  }
  find('reached').textContent = reachedText(market);
  document.body.classList.toggle('paused', market.speed === 'pause');
}

/** Draws the people to choose from, only when they changed. */
function createPeopleList(become: ControlParts['become']): (state: StateDto) => void {
  let drawn = '';
  return (state) => {
    const key = JSON.stringify([state.me, state.people]);
    if (key === drawn) return;
    drawn = key;
    const people = state.people.filter(({ isBot }) => !isBot);
    find('people').replaceChildren(...people.map((person) => personRow(person, state, become)));
  };
}

function personRow(
  person: PersonDto,
  state: StateDto,
  become: ControlParts['become'],
): HTMLElement {
  const click = (): void => {
    document.body.classList.remove('menu-open');
    if (person.key) become(person.key);
  };
  return el(
    'button',
    {
      class: 'person',
      role: 'radio',
      'aria-checked': String(person.key === state.me),
      'data-me': person.key,
      on: { click },
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
  );
}

function drawBot({ people, presence }: StateDto): void {
  const bot = people.find(({ key }) => key === undefined);
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
}

function drawMe(me: PersonDto): void {
  const input = find<HTMLInputElement>('box');
  const placeholder = `Message as ${me.name.split(' ')[0]}, or type /`;
  input.dataset['placeholder'] = placeholder;
  find<HTMLImageElement>('menu-me').src = avatarOf(me);
  if (!find('composer').classList.contains('commanding')) input.placeholder = placeholder;
}

function rolesOf(person: PersonDto, { roles }: StateDto): string {
  const names = roles.filter(({ id }) => person.roles.includes(id)).map(({ name }) => name);
  return names.reverse().join(', ') || 'no roles';
}

/** The actual speed, which is lower than chosen while the market waits for Rotor. */
function reachedText({ speed, reached }: MarketDto): string {
  if (reached === undefined || speed === 'pause') return '';
  const per = speed === 'minute' ? 'minute' : 'second';
  const sessions = per === 'minute' ? reached * 60 : reached;
  const reason = sessions < 0.9 ? ': the market waits for Rotor' : '';
  return `Reached: ${sessions.toFixed(2)} sessions a ${per}${reason}`;
}

/** Draws the levers; a press calls `pull`. */
function createLeverList(
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
