/**
 * People who pressed *Notify me* and still hold the role get a direct message with a link when something
 * needs approval, and a reminder before it expires. If their direct messages are closed, the role is
 * mentioned in the channel. Sent messages are remembered across restarts.
 */
import { z } from 'zod';
import type { Engine } from '#core/engine/engine.ts';
import type { Clocks, PostBook } from '#core/ports.ts';
import { type PendingApproval, pendingApprovals } from '#core/views/approvals.ts';
import { readBotState, writeBotState } from '../bot-state.ts';
import { type Channel, closedIsUndefined } from '../discord/channel.ts';
import type { MessageStore } from '../messages/message-store.ts';
import { approvalOverPost, approvalPost } from '../posts/approval-calls.ts';
import type { Incidents } from './incidents.ts';

/** Dependencies of createApprovalCalls. */
export interface ApprovalCallsParts {
  readonly engine: Pick<Engine, 'book' | 'observation'>;
  readonly incidents: Pick<Incidents, 'open'>;
  readonly posts: PostBook;
  readonly messageStore: Pick<MessageStore, 'upsert' | 'remove' | 'at'>;
  readonly clocks: { readonly [K in keyof Clocks]: Pick<Clocks[K], 'now'> };
  readonly guildId: string;
  /** Whether automatic rebalances need approval; false by default. */
  readonly needsApproval?: boolean | undefined;
  /** Direct messages with a person. @throws ChannelClosed when the person accepts none. */
  readonly direct: (userId: string) => Promise<Channel>;
  /** Whether the person may approve now; undefined when Discord does not answer. */
  readonly mayApprove: (userId: string) => Promise<boolean | undefined>;
  /** The role that is mentioned where direct messages are closed. */
  readonly roleId: string | undefined;
}

/** Sends direct messages about pending approvals. */
export interface ApprovalCalls {
  /** Sends the messages that are due and closes those whose approval is no longer pending. */
  run(): Promise<void>;
}

/** Something that waits for an approver. */
interface Waiting {
  /** Changes with every new announcement. */
  readonly key: string;
  /** Subject of the message with the buttons. */
  readonly subject: string;
  readonly title: string;
  /** Time left to approve; undefined without a deadline. */
  readonly leftMs: number | undefined;
  readonly remindMs: number;
}

const MINUTE_MS = 60_000;
/** A plan can be approved for ten minutes, an announced rebalance until its session ends. */
const REMIND_PLAN_MS = 3 * MINUTE_MS;
const REMIND_REBALANCE_MS = 60 * MINUTE_MS;

const STATE = 'approval calls';
/** By approval key: subjects of its messages that still exist. */
const stored = z.record(z.string(), z.array(z.string()));

/** Creates the approval calls from what the account state lists as pending. */
export function createApprovalCalls(parts: ApprovalCallsParts): ApprovalCalls {
  const { posts } = parts;
  const told = createCallMessages(posts);
  const caller = createCalls(parts, told);
  return {
    run: async () => {
      const waiting = waitingIn(parts).filter(({ subject }) => isPosted(posts, subject));
      for (const [key, subjects] of told.open()) {
        if (!waiting.some((each) => each.key === key)) await caller.close(key, subjects);
      }
      for (const each of waiting) await caller.callAll(each);
    },
  };
}

/** Remembers the messages of each call, so that they can be closed later. */
function createCallMessages(posts: PostBook) {
  const read = () => stored.parse(JSON.parse(readBotState(posts, STATE) ?? '{}'));
  const write = (all: z.infer<typeof stored>): void =>
    writeBotState(posts, STATE, JSON.stringify(all));
  return {
    open: () => Object.entries(read()),
    keep: (key: string, subject: string): void => {
      const all = read();
      write({ ...all, [key]: [...new Set([...(all[key] ?? []), subject])] });
    },
    forget: (key: string): void => {
      const { [key]: _over, ...rest } = read();
      write(rest);
    },
  };
}

function createCalls(parts: ApprovalCallsParts, told: ReturnType<typeof createCallMessages>) {
  const { engine, posts, messageStore, guildId, roleId } = parts;
  const mode = () => engine.observation().mode;

  function postOf({ subject, title, leftMs }: Waiting, round: CallRound, mention?: string) {
    const { channelId = '', messageId = '' } = posts.find(subject) ?? {};
    const link = `https://discord.com/channels/${guildId}/${channelId}/${messageId}`;
    return approvalPost({ title, link, leftMs, isReminder: round === 'reminder' }, mode(), mention);
  }

  /** `closed`: the person accepts no direct messages. */
  async function call(
    each: Waiting,
    round: CallRound,
    userId: string,
  ): Promise<'closed' | undefined> {
    const subject = `dm:${each.key}:${userId}:${round}`;
    const may = posts.find(subject) ? undefined : await parts.mayApprove(userId);
    if (may === undefined) return undefined;
    const noted = (what: string): void =>
      posts.save(subject, { channelId: '', messageId: '', contentHash: what });
    if (!may) return void noted('no role');
    try {
      const place = await parts.direct(userId);
      await messageStore.upsert(subject, postOf(each, round), { place, key: round });
      return void told.keep(each.key, subject);
    } catch (error) {
      closedIsUndefined(error);
      noted('closed');
      return 'closed';
    }
  }

  async function callAll(each: Waiting): Promise<void> {
    const isLate = each.leftMs !== undefined && each.leftMs <= each.remindMs;
    const round = isLate ? 'reminder' : 'first';
    const came: (string | undefined)[] = [];
    for (const userId of engine.book().notified.keys()) came.push(await call(each, round, userId));
    if (!came.includes('closed')) return;
    const subject = `mention:${each.key}:${round}`;
    await messageStore.upsert(subject, postOf(each, round, roleId), { key: round });
    told.keep(each.key, subject);
  }

  /** Edits direct messages to say that the approval is over; deletes the mention in the channel. */
  async function close(key: string, subjects: readonly string[]): Promise<void> {
    for (const subject of subjects) {
      const place = messageStore.at(posts.find(subject)?.channelId ?? '');
      const over = approvalOverPost(mode());
      if (!subject.startsWith('dm:')) await messageStore.remove(subject);
      else await messageStore.upsert(subject, over, { place }).catch(closedIsUndefined);
    }
    told.forget(key);
  }

  return { callAll, close };
}

type CallRound = 'first' | 'reminder';

function isPosted(posts: PostBook, subject: string): boolean {
  return (posts.find(subject)?.messageId ?? '') !== '';
}

function waitingIn(parts: ApprovalCallsParts): readonly Waiting[] {
  const { engine, incidents, clocks, needsApproval = false } = parts;
  const now = { market: clocks.market.now(), wall: clocks.wall.now() };
  const owed = incidents.open().flatMap(({ key, incident: { alert } }): readonly Waiting[] => {
    if (alert.subject.about !== 'owed-rebalance') return [];
    return [{ key, subject: key, title: alert.title, leftMs: undefined, remindMs: 0 }];
  });
  return [...pendingApprovals(engine.book(), now, needsApproval).map(waitingOf), ...owed];
}

function waitingOf({ kind, id, session, seq, leftMs }: PendingApproval): Waiting {
  if (kind === 'plan') {
    const subject = `proposal:${id}`;
    return { key: subject, subject, title: `Plan ${id}`, leftMs, remindMs: REMIND_PLAN_MS };
  }
  return {
    key: `announced:${id}:${seq}`,
    subject: `rebalance:${id}`,
    title: `Rebalance of ${session ?? id}`,
    leftMs,
    remindMs: REMIND_REBALANCE_MS,
  };
}
