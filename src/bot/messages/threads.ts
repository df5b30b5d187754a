/**
 * The thread on a message: steps told in order, each a message of its own that is edited where it
 * stands. A thread that is gone is begun anew with every step; where none may be begun, the steps
 * stand in the channel of the message.
 */
import type { EpochMs } from '#core/domain/units.ts';
import type { Log, PostBook } from '#core/ports.ts';
import {
  type Channel,
  ChannelClosed,
  closedIsUndefined,
  MessageGone,
  MessageRefused,
} from '../discord/channel.ts';
import type { Step } from '../posts/steps.ts';
import type { MessageStore } from './message-store.ts';

/** What a thread tells, so far. */
export interface Story {
  /** Of the message that the thread hangs on, which stands already. */
  readonly subject: string;
  readonly name: string;
  readonly steps: readonly Step[];
  /** By a step's id: the instant of what it tells, when it comes too late. */
  readonly late?: ((step: string) => EpochMs | undefined) | undefined;
}

/** The threads on messages. */
export interface Threads {
  /** Brings every step to its content, in order. Rejects when Discord does not take one. */
  tell(story: Story): Promise<void>;
}

/** What threads need. */
export interface ThreadParts {
  readonly messageStore: MessageStore;
  readonly posts: PostBook;
  readonly log?: Log | undefined;
}

/** Where a thread stands is kept in the post book. */
export function createThreads(parts: ThreadParts): Threads {
  const { messageStore, posts } = parts;
  const { standing, parentOf, begin, lose } = createPlaces(parts);

  async function tell(story: Story): Promise<void> {
    const known = standing(story);
    if (known && (await told(story, known))) return;
    if (known) lose(story);
    const begun = await begin(story);
    if (await told(story, begun)) return;
    lose(story);
    // Neither takes anything: the message itself has to find another place first.
    if (await told(story, parentOf(story))) return;
    lose(story);
    messageStore.forget(story.subject);
    throw new ChannelClosed(parentOf(story).id, 'takes no steps of a rebalance');
  }

  /** False when the place does not take messages. */
  async function told(story: Story, place: Channel): Promise<boolean> {
    if (standing(story)?.id !== place.id) {
      const ref = { channelId: place.id, messageId: '', contentHash: 'stands' };
      posts.save(nameOf(story.subject), ref);
    }
    for (const step of story.steps) {
      const lateFrom = story.late?.(step.id);
      const put = await messageStore
        .upsert(stepOf(story, step), step.post, { place, sound: 'silent', lateFrom })
        .catch(closedIsUndefined);
      if (put === undefined) return false;
    }
    return true;
  }

  return { tell };
}

const nameOf = (subject: string): string => `thread:${subject}`;
const stepOf = ({ subject }: Story, { id }: Step): string => `step:${subject}:${id}`;

/** Where a story stands, and where it may stand in place of that. */
function createPlaces({ messageStore, posts, log }: ThreadParts) {
  function standing({ subject }: Story): Channel | undefined {
    const ref = posts.find(nameOf(subject));
    return ref && ref.contentHash !== 'gone' ? messageStore.at(ref.channelId) : undefined;
  }

  function parentOf({ subject }: Story): Channel {
    return messageStore.at(posts.find(subject)?.channelId ?? '');
  }

  async function begin(story: Story): Promise<Channel> {
    const { subject, name } = story;
    const messageId = posts.find(subject)?.messageId ?? '';
    const parent = parentOf(story);
    const id = await parent.startThread(messageId, name).catch((error: unknown) => {
      if (error instanceof MessageGone) messageStore.forget(subject);
      const isNo = error instanceof ChannelClosed || error instanceof MessageRefused;
      if (!isNo) throw error;
      log?.warn(`${subject}: no thread, its steps stand in the channel: ${error.message}`);
      return parent.id;
    });
    posts.save(nameOf(subject), { channelId: id, messageId, contentHash: 'stands' });
    return messageStore.at(id);
  }

  /** Whatever stood there has to be told again. */
  function lose(story: Story): void {
    const ref = posts.find(nameOf(story.subject));
    if (ref) posts.save(nameOf(story.subject), { ...ref, contentHash: 'gone' });
    for (const step of story.steps) messageStore.forget(stepOf(story, step));
  }

  return { standing, parentOf, begin, lose };
}
