/**
 * The thread on a message: steps told in order, each a message of its own that is edited where it
 * stands. A thread that is gone is begun anew with every step; where none may be begun, the steps
 * stand in the channel of the message.
 */
import type { EpochMs } from '#core/domain/units.ts';
import type { Log, PostBook } from '#core/ports.ts';
import { type Channel, ChannelClosed, MessageGone, MessageRefused } from '../discord/channel.ts';
import type { Step } from '../posts/steps.ts';
import type { Keeper } from './message-store.ts';

export interface Story {
  /** Of the message that the thread hangs on, which stands already. */
  readonly subject: string;
  readonly name: string;
  readonly steps: readonly Step[];
  /** By a step's id: the instant of what it tells, when it comes too late. */
  readonly late?: ((step: string) => EpochMs | undefined) | undefined;
}

export interface Threads {
  /** Brings every step to its content, in order. Rejects when Discord does not take one. */
  tell(story: Story): Promise<void>;
}

export interface ThreadParts {
  readonly keeper: Keeper;
  readonly posts: PostBook;
  readonly log?: Log | undefined;
}

export function createThreads({ keeper, posts, log }: ThreadParts): Threads {
  const nameOf = (subject: string): string => `thread:${subject}`;
  const stepOf = ({ subject }: Story, { id }: Step): string => `step:${subject}:${id}`;

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
    keeper.forget(story.subject);
    throw new ChannelClosed(parentOf(story).id, 'takes no steps of a rebalance');
  }

  function standing({ subject }: Story): Channel | undefined {
    const ref = posts.find(nameOf(subject));
    return ref && ref.contentHash !== 'gone' ? keeper.at(ref.channelId) : undefined;
  }

  function parentOf({ subject }: Story): Channel {
    return keeper.at(posts.find(subject)?.channelId ?? '');
  }

  async function begin(story: Story): Promise<Channel> {
    const { subject, name } = story;
    const messageId = posts.find(subject)?.messageId ?? '';
    const parent = parentOf(story);
    const id = await parent.startThread(messageId, name).catch((error: unknown) => {
      if (error instanceof MessageGone) keeper.forget(subject);
      const isNo = error instanceof ChannelClosed || error instanceof MessageRefused;
      if (!isNo) throw error;
      log?.warn(`${subject}: no thread, its steps stand in the channel: ${error.message}`);
      return parent.id;
    });
    posts.save(nameOf(subject), { channelId: id, messageId, contentHash: 'stands' });
    return keeper.at(id);
  }

  /** False when the place does not take messages. */
  async function told(story: Story, place: Channel): Promise<boolean> {
    if (standing(story)?.id !== place.id) {
      posts.save(nameOf(story.subject), {
        channelId: place.id,
        messageId: '',
        contentHash: 'stands',
      });
    }
    for (const step of story.steps) {
      const put = await keeper
        .put(stepOf(story, step), step.post, {
          place,
          sound: 'silent',
          lateFrom: story.late?.(step.id),
        })
        .catch((error: unknown) => {
          if (error instanceof ChannelClosed) return undefined;
          throw error;
        });
      if (put === undefined) return false;
    }
    return true;
  }

  /** Whatever stood there has to be told again. */
  function lose(story: Story): void {
    const ref = posts.find(nameOf(story.subject));
    if (ref) posts.save(nameOf(story.subject), { ...ref, contentHash: 'gone' });
    for (const step of story.steps) keeper.forget(stepOf(story, step));
  }

  return { tell };
}
