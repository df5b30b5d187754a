/** The page: a channel as seen by one of its people. */
import './config.ts';
import '@skyra/discord-components-core';
import type { EventDto, Me, MessageDto, OutcomeDto, StateDto } from '../dto.ts';
import { createChannel } from './channel.ts';
import { createComposer } from './composer.ts';
import { createControls } from './controls.ts';
import { el, find } from './dom.ts';
import { keepFocus } from './keep-focus.ts';
import { drawMessage, type MessageHandlers } from './message.ts';
import { openModal } from './modal.ts';
import { keepLinesWhole } from './pins.ts';
import { refreshTimes } from './prose.ts';
import { listen, server } from './server.ts';
import { applyTheme } from './theme.ts';
import { createTour } from './tour.ts';
import { after, createViewState } from './view-state.ts';

applyTheme();

let state: StateDto | undefined;
let stop = (): void => undefined;
/** The channel shown, and the thread next to it; kept in the URL so that a reload returns there. */
let [placeId, threadId]: readonly (string | undefined)[] = location.hash.slice(1).split('/');

const current = (): StateDto => {
  if (!state) throw new Error('page: nothing has been heard yet');
  return state;
};
const view = createViewState(current, () => placeId);
const from = () => ({ user: current().me, channelId: view.place().id });

const complain = (reason: string): void => {
  const box = find('complaint');
  box.textContent = reason;
  box.hidden = reason === '';
};
/** Shows the outcome of an action where the feed does not. */
const settle = async (outcome: Promise<OutcomeDto>): Promise<OutcomeDto> => {
  complain('');
  const known = await outcome;
  if (known.kind === 'refused') complain(known.reason);
  if (known.kind === 'modal') {
    openModal(
      known.modal,
      (values) => void settle(server.submit(current().me, known.interactionId, values)),
    );
  }
  return known;
};

const handlers: MessageHandlers = {
  press: (message, customId) => void settle(server.press(current().me, message.id, customId)),
  choose: (message, customId, values) =>
    void settle(server.choose(current().me, message.id, customId, values)),
  dismiss: (message) => void settle(server.dismiss(current().me, message.id)),
  openPins: () => showPins(true),
  openThread: (id) => {
    go(view.place().id, id);
    find('thread-messages').focus();
  },
};

const channel = createChannel(find('messages'), view, handlers);
const thread = createChannel(find('thread-messages'), view, handlers);
const controls = createControls({
  become: (me) => follow(me),
  setSpeed: (speed) => void settle(server.speed(speed)),
  pullLever: (name, ticker) => void settle(server.lever(name, ticker)),
  go: (to, inThread) => go(to, inThread),
  togglePins: () => showPins(find('pins').hidden !== false),
});
createComposer({
  commands: () =>
    state ? state.commands[view.place().kind === 'direct' ? 'direct' : 'guild'] : [],
  send: (draft) => settle(server.slash(from(), draft)),
  say: (text) => settle(server.say(from(), text)),
  complete: (draft, focused) => server.complete(from(), draft, focused),
  complain,
});
const drawTour = createTour(
  (command) => void settle(server.slash(from(), { command, options: {} })),
);
find('pins-list').tabIndex = 0;
keepLinesWhole(find('pins-list'));
find('thread-close').addEventListener('click', closeThread);
find('thread').addEventListener('keydown', ({ key }) => {
  if (key === 'Escape') closeThread();
});

function closeThread(): void {
  go(view.place().id);
  find('box').focus();
}

function go(to: string, inThread?: string): void {
  [placeId, threadId] = [to, inThread];
  history.replaceState(null, '', `#${[to, inThread].filter(Boolean).join('/')}`);
  controls.draw(current(), view);
  draw();
}

function showPins(open: boolean): void {
  find('pins').hidden = !open;
  find('pins-toggle').setAttribute('aria-expanded', String(open));
}

function draw(): void {
  const { messages } = current();
  const place = view.place();
  drawTour(messages.filter(({ channel_id }) => channel_id === place.id));
  channel.draw(messages.filter(({ channel_id }) => channel_id === place.id));
  drawPins(messages.filter((message) => message.pinned && message.channel_id === place.id));
  const opened = place.threads.find(({ id }) => id === threadId);
  find('thread').hidden = opened === undefined;
  find('thread-name').textContent = opened?.name ?? 'Thread';
  find('thread-archived').hidden = opened?.archived !== true;
  thread.draw(messages.filter(({ channel_id }) => channel_id === opened?.id));
  refreshTimes(document, view.nowMs());
}

let pinsKey = '';
function drawPins(pinned: readonly MessageDto[]): void {
  const key = JSON.stringify([current().me, pinned]);
  if (key === pinsKey) return;
  pinsKey = key;
  const none = el('p', { class: 'dim' }, 'This channel has no pinned messages yet.');
  const drawn = pinned.map((message) => drawMessage(message, view, handlers, false));
  const list = find('pins-list');
  keepFocus(list, () => list.replaceChildren(...(drawn.length > 0 ? drawn : [none])));
  find('pins-toggle').dataset['count'] = String(pinned.length);
}

function hear(event: EventDto): void {
  if (event.kind !== 'state' && !state) return;
  state = event.kind === 'state' ? event.state : after(current(), event);
  controls.draw(state, view);
  if (event.kind === 'market') refreshTimes(document, view.nowMs());
  else if (event.kind !== 'presence' && event.kind !== 'commands') draw();
}

function follow(me: Me): void {
  stop();
  localStorage.setItem('me', me);
  complain('');
  stop = listen(me, hear, (is) => document.body.classList.toggle('offline', !is));
}

const PEOPLE: readonly string[] = [
  'viewer',
  'operator',
  'approver',
  'second-approver',
  'admin',
  'stranger',
];
const remembered = localStorage.getItem('me') ?? '';
follow((PEOPLE.includes(remembered) ? remembered : 'operator') as Me);
showPins(matchMedia('(min-width: 900px)').matches);
