/**
 * Threads on messages: steps in order, each a message of its own that is edited in place. If a thread is
 * gone, a new one gets all steps; if none can be started, the steps go to the channel.
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

/** Content of a thread. */
export interface ThreadTopic {
  /** Subject of the message that carries the thread; it must exist. */
  readonly subject: string;
  readonly name: string;
  readonly steps: readonly Step[];
  /** By step id: the original instant of the step, when it is late. */
  readonly late?: ((step: string) => EpochMs | undefined) | undefined;
}

/** Threads on messages. */
export interface Threads {
  /** Updates every step to its content, in order. Rejects when Discord does not accept one. */
  tell(topic: ThreadTopic): Promise<void>;
}

/** Dependencies of createThreads. */
export interface ThreadParts {
  readonly messageStore: MessageStore;
  readonly posts: PostBook;
  readonly log?: Log | undefined;
}

/** Creates the threads; their ids are kept in the post book. */
export function createThreads(parts: ThreadParts): Threads {
  const { messageStore, posts } = parts;
  const { standing, parentOf, begin, lose } = createThreadPlaces(parts);

  async function tell(topic: ThreadTopic): Promise<void> {
    const known = standing(topic);
    if (known && (await told(topic, known))) return;
    if (known) lose(topic);
    const begun = await begin(topic);
    if (await told(topic, begun)) return;
    lose(topic);
    // Neither accepts messages: the message itself must move to another place first.
    if (await told(topic, parentOf(topic))) return;
    lose(topic);
    messageStore.forget(topic.subject);
    throw new ChannelClosed(parentOf(topic).id, 'takes no steps of a rebalance');
  }

  /** Returns false when the place does not accept messages. */
  async function told(topic: ThreadTopic, place: Channel): Promise<boolean> {
    if (standing(topic)?.id !== place.id) {
      const ref = { channelId: place.id, messageId: '', contentHash: 'stands' };
      posts.save(nameOf(topic.subject), ref);
    }
    for (const step of topic.steps) {
      const lateFrom = topic.late?.(step.id);
      const put = await messageStore
        .upsert(stepOf(topic, step), step.post, { place, sound: 'silent', lateFrom })
        .catch(closedIsUndefined);
      if (put === undefined) return false;
    }
    return true;
  }

  return { tell };
}

const nameOf = (subject: string): string => `thread:${subject}`;
const stepOf = ({ subject }: ThreadTopic, { id }: Step): string => `step:${subject}:${id}`;

/** Finds the place of a topic, and its fallback. */
function createThreadPlaces({ messageStore, posts, log }: ThreadParts) {
  function standing({ subject }: ThreadTopic): Channel | undefined {
    const ref = posts.find(nameOf(subject));
    return ref && ref.contentHash !== 'gone' ? messageStore.at(ref.channelId) : undefined;
  }

  function parentOf({ subject }: ThreadTopic): Channel {
    return messageStore.at(posts.find(subject)?.channelId ?? '');
  }

  async function begin(topic: ThreadTopic): Promise<Channel> {
    const { subject, name } = topic;
    const messageId = posts.find(subject)?.messageId ?? '';
    const parent = parentOf(topic);
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

  /** Everything in it has to be sent again. */
  function lose(topic: ThreadTopic): void {
    const ref = posts.find(nameOf(topic.subject));
    if (ref) posts.save(nameOf(topic.subject), { ...ref, contentHash: 'gone' });
    for (const step of topic.steps) messageStore.forget(stepOf(topic, step));
  }

  return { standing, parentOf, begin, lose };
}
