/** The page: one channel, as one of four people sees it. */
import './config.ts';
import '@skyra/discord-components-core';
import type { Me, WireEvent, WireMessage, WireOutcome, WireState } from '../wire.ts';
import { createChannel } from './channel.ts';
import { createComposer } from './composer.ts';
import { createControls } from './controls.ts';
import { el, find } from './dom.ts';
import { drawMessage, type MessageHands } from './message.ts';
import { openModal } from './modal.ts';
import { refreshTimes } from './prose.ts';
import { after, createScene } from './scene.ts';
import { listen, server } from './server.ts';
import { applyTheme } from './theme.ts';

applyTheme();

let state: WireState | undefined;
let stop = (): void => undefined;
let threadId: string | undefined;

const current = (): WireState => {
  if (!state) throw new Error('page: nothing has been heard yet');
  return state;
};
const scene = createScene(current);

const complain = (reason: string): void => {
  const box = find('complaint');
  box.textContent = reason;
  box.hidden = reason === '';
};
/** What an action led to, where the feed does not show it. */
const settle = async (outcome: Promise<WireOutcome>): Promise<WireOutcome> => {
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

const hands: MessageHands = {
  press: (message, customId) => void settle(server.press(current().me, message.id, customId)),
  choose: (message, customId, values) =>
    void settle(server.choose(current().me, message.id, customId, values)),
  dismiss: (message) => void settle(server.dismiss(current().me, message.id)),
  openPins: () => showPins(true),
  openThread: (id) => {
    threadId = id;
    draw();
  },
};

const channel = createChannel(find('messages'), scene, hands);
const thread = createChannel(find('thread-messages'), scene, hands);
const controls = createControls({
  become: (me) => follow(me),
  setSpeed: (speed) => void settle(server.speed(speed)),
  togglePins: () => showPins(find('pins').hidden !== false),
});
createComposer({
  commands: () => state?.commands ?? [],
  send: (draft) => settle(server.slash(current().me, draft)),
  say: (text) => settle(server.say(current().me, text)),
  complete: (draft, focused) => server.complete(current().me, draft, focused),
  complain,
});
find('thread-close').addEventListener('click', () => {
  threadId = undefined;
  draw();
});

function showPins(open: boolean): void {
  find('pins').hidden = !open;
  find('pins-toggle').setAttribute('aria-expanded', String(open));
}

function draw(): void {
  const { messages, channel: place } = current();
  channel.draw(messages.filter(({ channel_id }) => channel_id === place.id));
  drawPins(messages.filter(({ pinned }) => pinned));
  find('thread').hidden = threadId === undefined;
  const named = messages.find((message) => message.thread?.id === threadId);
  find('thread-name').textContent = named?.thread?.name ?? 'Thread';
  thread.draw(messages.filter(({ channel_id }) => channel_id === threadId));
  refreshTimes(document, scene.nowMs());
}

let pinsKey = '';
function drawPins(pinned: readonly WireMessage[]): void {
  const key = JSON.stringify([current().me, pinned]);
  if (key === pinsKey) return;
  pinsKey = key;
  const none = el('p', { class: 'dim' }, 'This channel has no pinned messages yet.');
  const drawn = pinned.map((message) => drawMessage(message, scene, hands, false));
  find('pins-list').replaceChildren(...(drawn.length > 0 ? drawn : [none]));
  find('pins-toggle').dataset['count'] = String(pinned.length);
}

function hear(event: WireEvent): void {
  if (event.kind !== 'state' && !state) return;
  state = event.kind === 'state' ? event.state : after(current(), event);
  controls.draw(state, scene);
  if (event.kind === 'market') refreshTimes(document, scene.nowMs());
  else if (event.kind !== 'presence' && event.kind !== 'commands') draw();
}

function follow(me: Me): void {
  stop();
  localStorage.setItem('me', me);
  complain('');
  stop = listen(me, hear, (is) => document.body.classList.toggle('offline', !is));
}

const PEOPLE: readonly string[] = ['viewer', 'operator', 'admin', 'stranger'];
const remembered = localStorage.getItem('me') ?? '';
follow((PEOPLE.includes(remembered) ? remembered : 'operator') as Me);
showPins(matchMedia('(min-width: 900px)').matches);
