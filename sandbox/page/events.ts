/** Sends events to every open page, as server-sent events. */
import type { ServerResponse } from 'node:http';
import type { Timers } from '#core/market-time/real-timers.ts';
import type { Change } from '#sandbox/discord/feed.ts';
import type { SandboxDiscord } from '#sandbox/discord/server.ts';
import type { EventDto, Me } from './dto.ts';
import type { Market } from './market.ts';
import type { View } from './view.ts';

interface Events {
  /** Starts with the whole state. */
  open(me: Me, response: ServerResponse): void;
  close(): void;
}

interface EventParts {
  readonly discord: SandboxDiscord;
  readonly market: Market;
  readonly view: View;
  readonly timers: Timers;
}

const TICK_MS = 500;

/** Listens from now on; sends nothing while no page is open. */
export function createEvents({ discord, market, view, timers }: EventParts): Events {
  const open = new Map<ServerResponse, Me>();
  let shownMs = -1;

  const write = (response: ServerResponse, event: EventDto): void =>
    void response.write(`data: ${JSON.stringify(event)}\n\n`);
  const toAll = (event: (me: Me) => EventDto | undefined): void => {
    for (const [response, me] of open) {
      const told = event(me);
      if (told) write(response, told);
    }
  };
  const tellMarket = (): void => {
    shownMs = market.now();
    toAll(() => ({ kind: 'market', market: view.market() }));
  };
  let stopTick = (): void => undefined;
  const tick = (): void => {
    if (open.size > 0 && market.now() !== shownMs) tellMarket();
    stopTick = timers.after(TICK_MS, tick);
  };

  const stopFeed = discord.feed.listen((change) => toAll((me) => eventOf(change, me, view)));
  const stopMarket = market.onChange(tellMarket);
  tick();

  return {
    open: (me, response) => {
      response.writeHead(200, {
        'Content-Type': 'text/event-stream',
        'Cache-Control': 'no-store',
        Connection: 'keep-alive',
      });
      response.write('retry: 1000\n\n');
      write(response, { kind: 'state', state: view.state(me) });
      open.set(response, me);
      response.on('close', () => open.delete(response));
    },
    close: () => {
      stopTick();
      stopFeed();
      stopMarket();
      for (const response of open.keys()) response.end();
    },
  };
}

function eventOf(change: Change, me: Me, view: View): EventDto | undefined {
  switch (change.kind) {
    case 'message-created':
    case 'message-updated':
      if (!view.shows(change.message, me)) return undefined;
      return { kind: 'message', message: view.message(change.message) };
    case 'message-deleted':
      return { kind: 'removed', id: change.message.id };
    case 'commands':
      return { kind: 'commands', commands: view.commands(me) };
    case 'presence':
      return { kind: 'presence', presence: view.presence() };
    case 'typing':
      return { kind: 'typing', channelId: change.channelId };
    case 'thread-created':
    case 'thread-updated':
    case 'channel-updated':
    case 'channel-deleted':
    case 'member':
    case 'role':
      // Rare, and each changes more than one part of the page.
      return { kind: 'state', state: view.state(me) };
    case 'pins':
      return undefined;
    default:
      return change satisfies never;
  }
}
