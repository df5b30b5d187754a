/**
 * Everything that runs over one connection: the dashboard, the news, the approval calls, and their places.
 */
import type { Model } from '#core/domain/model.ts';
import type { NoticePlaces } from '#core/domain/notices.ts';
import type { Engine } from '#core/engine/engine.ts';
import type { Clocks, Journal, Log, PostBook } from '#core/ports.ts';
import { type ApprovalCalls, createApprovalCalls } from './alerts/approval-calls.ts';
import { createEscalation, type Escalation } from './alerts/escalation.ts';
import { createIncidents } from './alerts/incidents.ts';
import {
  createQuietHoursDigest,
  isQuietAt,
  type QuietHours,
  type QuietHoursDigest,
} from './alerts/quiet-hours-digest.ts';
import type { Draw } from './charts/draw.ts';
import { createDashboard, type Dashboard } from './dashboard.ts';
import type { Gateway } from './discord/gateway.ts';
import { type AccessRules, permit } from './interactions/access.ts';
import type { DiscordHealth } from './interactions/command.ts';
import { cardPost } from './messages/cards.ts';
import {
  type ChannelFallback,
  createChannelFallback,
  type FallbackChannel,
} from './messages/channel-fallback.ts';
import { createDashboardThread } from './messages/dashboard-thread.ts';
import { createDeliver } from './messages/deliver.ts';
import { createEventMessages } from './messages/event-messages.ts';
import { createMessageStore } from './messages/message-store.ts';
import { createOutbox, type Lateness, type Outbox } from './messages/outbox.ts';
import { refreshOpenCards } from './messages/refresh-cards.ts';
import { toMessage } from './messages/render-message.ts';
import { createSerialQueue } from './messages/serial-queue.ts';
import type { Deliver } from './post.ts';

/** Dependencies of createSession, besides the connection. */
export interface SessionParts {
  readonly discord: {
    readonly alertRoleId?: string | undefined;
    readonly fallbackChannelId?: string | undefined;
    readonly ownerId?: string | undefined;
    readonly quietHours?: QuietHours | undefined;
    readonly notify?: NoticePlaces | undefined;
  };
  readonly engine: Engine;
  readonly models: readonly Model[];
  readonly journal: Journal;
  readonly posts: PostBook;
  readonly clocks: Clocks;
  readonly draw: Draw;
  readonly rules: AccessRules;
  /** Whether automatic rebalances need approval; false by default. */
  readonly needsApproval?: boolean | undefined;
  readonly log: Log;
  /** Health of Discord, for the header. */
  readonly health: () => DiscordHealth;
}

/** Everything that runs over one connection. */
export interface Session {
  readonly gateway: Gateway;
  readonly dashboard: Dashboard;
  readonly outbox: Outbox;
  readonly openCards: { readonly run: () => Promise<void> };
  readonly escalation: Escalation;
  readonly approvalCalls: ApprovalCalls;
  readonly deliver: Deliver;
  readonly quietHoursDigest: QuietHoursDigest;
  /** For the news and for the dashboard: where one is refused the other may still be accepted. */
  readonly fallbacks: readonly ChannelFallback[];
}

/** Creates the session over a connection. */
export function createSession(parts: SessionParts, gateway: Gateway, lateness: Lateness): Session {
  const { discord, engine, models, journal, posts, clocks, draw, log } = parts;
  const { wall } = clocks;
  const { channel } = gateway;
  const others = othersOf(discord, gateway);
  const fallback = createChannelFallback({ home: channel, others, wall, log });
  const pinnedArea = createChannelFallback({ home: channel, others, wall, log });
  const isQuiet = (): boolean => isQuietAt(discord.quietHours, wall.now());
  const messageStore = createMessageStore({
    channel,
    posts,
    draw,
    log,
    journalCreatedAt: () => String(journal.since(0, 1)[0]?.at ?? ''),
    fallback,
    pinnedArea,
    wall,
    isQuiet,
  });
  const incidents = createIncidents();
  const mode = () => engine.observation().mode;
  const telling = { posts, messageStore, wall, alertRoleId: discord.alertRoleId, incidents };
  const cards = { ...telling, engine, needsApproval: parts.needsApproval };
  const messagesOf = createEventMessages({ ...cards, log, notify: discord.notify });
  // News and refreshed cards edit the same messages.
  const inOrder = createSerialQueue();
  const cardOf = (subject: string) => cardPost(cards, subject);
  return {
    gateway,
    fallbacks: [fallback, pinnedArea],
    dashboard: createDashboard({
      engine,
      models,
      messageStore,
      clocks,
      discord: parts.health,
    }),
    outbox: createOutbox({ journal, posts, incidents, lateness, messagesOf, inOrder }),
    openCards: {
      run: () => inOrder(() => refreshOpenCards({ posts, messageStore, cardOf })),
    },
    deliver: createDeliver({
      direct: gateway.direct,
      thread: createDashboardThread({ posts, messageStore }),
      drawn: (post) => toMessage(post, draw, log),
    }),
    approvalCalls: createApprovalCalls({
      ...telling,
      engine,
      clocks,
      needsApproval: parts.needsApproval,
      direct: gateway.direct,
      ...approversOf(parts.rules, gateway),
    }),
    escalation: createEscalation({ ...telling, mode }),
    quietHoursDigest: createQuietHoursDigest({ ...telling, mode, isQuiet }),
  };
}

/** Who may approve according to their current roles, and which role a mention notifies. */
function approversOf(rules: AccessRules, gateway: Gateway) {
  const { guildId, channelIds } = rules;
  return {
    guildId,
    roleId: rules.approverRoleId ?? rules.operatorRoleId ?? rules.adminRoleId,
    mayApprove: async (id: string): Promise<boolean | undefined> => {
      const roleIds = await gateway.rolesOf(id);
      const asker = { id, name: id, bot: false, guildId, channelId: channelIds[0] };
      return roleIds && permit(rules, { ...asker, roleIds }, 'approver').kind === 'granted';
    },
  };
}

/** Fallbacks for messages that the channel does not accept, best first. */
function othersOf(
  { fallbackChannelId, ownerId }: SessionParts['discord'],
  { channel, direct }: Gateway,
): readonly FallbackChannel[] {
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
