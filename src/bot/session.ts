/** What works over one connection: the wall, the news, the calls, and where each of them goes. */
import type { Model } from '#core/domain/model.ts';
import type { Engine } from '#core/engine/engine.ts';
import type { Clock, Journal, Log, PostBook } from '#core/ports.ts';
import { createEscalation, type Escalation } from './alerts/escalation.ts';
import { createHeldBack, type HeldBack } from './alerts/quiet-hours-digest.ts';
import type { Draw } from './charts/draw.ts';
import { createDesk, type Desk } from './dashboard.ts';
import type { Gateway } from './discord/gateway.ts';
import type { DiscordHealth } from './interactions/command.ts';
import { createDelivery, type Delivery, type Other } from './messages/channel-fallback.ts';
import type { Lateness } from './messages/delay.ts';
import { createIncidents } from './messages/incidents.ts';
import { createKeeper } from './messages/message-store.ts';
import { createOutbox, type Outbox } from './messages/outbox.ts';
import { isQuietAt, type QuietHours } from './quiet.ts';

export interface SessionParts {
  readonly discord: {
    readonly alertRoleId?: string | undefined;
    readonly fallbackChannelId?: string | undefined;
    readonly ownerId?: string | undefined;
    readonly quietHours?: QuietHours | undefined;
  };
  readonly engine: Engine;
  readonly models: readonly Model[];
  readonly journal: Journal;
  readonly posts: PostBook;
  /** The desk's clock: what is shown. */
  readonly clock: Clock;
  /** Real time. */
  readonly pace: Clock;
  readonly draw: Draw;
  readonly log: Log;
  /** How Discord does, for the header. */
  readonly health: () => DiscordHealth;
}

export interface Session {
  readonly gateway: Gateway;
  readonly desk: Desk;
  readonly outbox: Outbox;
  readonly escalation: Escalation;
  readonly heldBack: HeldBack;
  /** Of the news and of the wall: where one is refused the other may still be taken. */
  readonly deliveries: readonly Delivery[];
}

export function createSession(parts: SessionParts, gateway: Gateway, lateness: Lateness): Session {
  const { discord, engine, models, journal, posts, clock, pace, draw, log } = parts;
  const { channel } = gateway;
  const others = othersOf(discord, gateway);
  const delivery = createDelivery({ home: channel, others, pace, log });
  const wall = createDelivery({ home: channel, others, pace, log });
  const isQuiet = (): boolean => isQuietAt(discord.quietHours, pace.now());
  const keeper = createKeeper({
    channel,
    posts,
    draw,
    log,
    birth: () => String(journal.since(0, 1)[0]?.at ?? ''),
    delivery,
    wall,
    pace,
    isQuiet,
  });
  const incidents = createIncidents();
  const mode = () => engine.observation().mode;
  const telling = { posts, keeper, pace, alertRoleId: discord.alertRoleId, incidents };
  return {
    gateway,
    deliveries: [delivery, wall],
    desk: createDesk({ engine, models, keeper, clock, pace, discord: parts.health }),
    outbox: createOutbox({ ...telling, engine, journal, log, lateness }),
    escalation: createEscalation({ ...telling, mode }),
    heldBack: createHeldBack({ ...telling, mode, isQuiet }),
  };
}

/** Where messages go that the channel does not take, best first. */
function othersOf(
  { fallbackChannelId, ownerId }: SessionParts['discord'],
  { channel, direct }: Gateway,
): readonly Other[] {
  const second = fallbackChannelId !== undefined && {
    name: 'the second channel',
    open: async () => channel.at(fallbackChannelId),
  };
  const owner = ownerId !== undefined && {
    name: 'the owner’s direct messages',
    open: () => direct(ownerId),
  };
  return [second, owner].filter((each) => each !== false);
}
