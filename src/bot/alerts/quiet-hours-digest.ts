/** The digest of quiet hours: one message that rings when they end, of the trouble still open then. */
import { z } from 'zod';
import type { Mode } from '#core/domain/account.ts';
import { newYorkMinutes } from '#core/domain/new-york.ts';
import type { EpochMs } from '#core/domain/units.ts';
import type { Clock, PostBook } from '#core/ports.ts';
import { readBotState, writeBotState } from '../bot-state.ts';
import type { MessageStore } from '../messages/message-store.ts';
import { quietHoursDigestPost } from '../posts/alert.ts';
import type { Incidents, OpenIncident } from './incidents.ts';

/** Minutes after New York's midnight; `from` may be later than `to`: over midnight. */
export interface QuietHours {
  readonly from: number;
  readonly to: number;
}

/** Whether people want to hear only what is critical at that instant of the machine's clock. */
export function isQuietAt(hours: QuietHours | undefined, now: EpochMs): boolean {
  if (!hours || hours.from === hours.to) return false;
  const minute = newYorkMinutes(now);
  const { from, to } = hours;
  return from < to ? minute >= from && minute < to : minute >= from || minute < to;
}

/** What the digest needs: the open incidents, and whether it is quiet now. */
export interface QuietHoursDigestParts {
  readonly incidents: Pick<Incidents, 'open'>;
  readonly posts: PostBook;
  readonly messageStore: Pick<MessageStore, 'upsert'>;
  /** People's time. */
  readonly wall: Pick<Clock, 'now'>;
  readonly mode: () => Mode;
  readonly isQuiet: () => boolean;
}

/** One message after the quiet hours, for what came without a sound in them. */
export interface QuietHoursDigest {
  /** Remembers what rang before the quiet hours, and rings for the rest when they are over. */
  run(): Promise<void>;
}

const NOTE = 'quiet hours';

/** Quiet hours that go on: since when, and the trouble that people had heard of by then. */
const begun = z.object({ at: z.number(), heard: z.array(z.string()) });

/** Makes the digest; that quiet hours go on, and what was heard before them, survives a restart. */
export function createQuietHoursDigest(parts: QuietHoursDigestParts): QuietHoursDigest {
  const { incidents, posts, messageStore, wall, mode, isQuiet } = parts;

  function read(): z.infer<typeof begun> | undefined {
    const note = readBotState(posts, NOTE);
    return note ? begun.parse(JSON.parse(note)) : undefined;
  }

  /** Told without a sound, not seen by anybody, and not over. Critical ones have rung. */
  function isHeld({ key, incident }: OpenIncident, mentioned: readonly string[]): boolean {
    const { severity } = incident.alert;
    const isBad = severity === 'warning' || severity === 'error';
    const isPosted = posts.find(key) !== undefined;
    return isBad && isPosted && !incident.acknowledged && !mentioned.includes(key);
  }

  async function run(): Promise<void> {
    const quiet = read();
    if (isQuiet()) {
      if (quiet) return;
      const mentioned = incidents.open().map(({ key }) => key);
      writeBotState(posts, NOTE, JSON.stringify({ at: wall.now(), heard: mentioned }));
      return;
    }
    if (!quiet) return;
    const held = incidents.open().filter((each) => isHeld(each, quiet.heard));
    if (held.length > 0) {
      const post = quietHoursDigestPost(
        held.map(({ incident }) => incident),
        mode(),
      );
      await messageStore.upsert(`held back:${quiet.at}`, post, { key: String(quiet.at) });
    }
    writeBotState(posts, NOTE, '');
  }

  return { run };
}
