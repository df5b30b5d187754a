/** The quiet hours digest: one message with sound when they end, listing the incidents still open. */
import { z } from 'zod';
import type { Mode } from '#core/domain/account.ts';
import { newYorkMinutes } from '#core/domain/new-york.ts';
import type { EpochMs } from '#core/domain/units.ts';
import type { Clock, PostBook } from '#core/ports.ts';
import { readBotState, writeBotState } from '../bot-state.ts';
import type { MessageStore } from '../messages/message-store.ts';
import { quietHoursDigestPost } from '../posts/alert.ts';
import type { Incidents, OpenIncident } from './incidents.ts';

/** Minutes after midnight in New York; `from` may be later than `to`, which spans midnight. */
export interface QuietHours {
  readonly from: number;
  readonly to: number;
}

/**
 * Whether the instant of the wall clock falls into quiet hours, when only critical messages make a sound.
 */
export function isQuietAt(hours: QuietHours | undefined, now: EpochMs): boolean {
  if (!hours || hours.from === hours.to) return false;
  const minute = newYorkMinutes(now);
  const { from, to } = hours;
  return from < to ? minute >= from && minute < to : minute >= from || minute < to;
}

/** Dependencies of createQuietHoursDigest. */
export interface QuietHoursDigestParts {
  readonly incidents: Pick<Incidents, 'open'>;
  readonly posts: PostBook;
  readonly messageStore: Pick<MessageStore, 'upsert'>;
  /** Wall clock. */
  readonly wall: Pick<Clock, 'now'>;
  readonly mode: () => Mode;
  readonly isQuiet: () => boolean;
}

/** One message after quiet hours for everything that arrived silently. */
export interface QuietHoursDigest {
  /** Remembers what was already announced before quiet hours, and announces the rest when they end. */
  run(): Promise<void>;
}

const NOTE = 'quiet hours';

/** Current quiet hours: their start, and the incidents people had already been notified of. */
const begun = z.object({ at: z.number(), heard: z.array(z.string()) });

/** Creates the digest; the current quiet hours and what was announced before them survive a restart. */
export function createQuietHoursDigest(parts: QuietHoursDigestParts): QuietHoursDigest {
  const { incidents, posts, messageStore, wall, mode, isQuiet } = parts;

  function read(): z.infer<typeof begun> | undefined {
    const note = readBotState(posts, NOTE);
    return note ? begun.parse(JSON.parse(note)) : undefined;
  }

  /** Delivered silently, not acknowledged and not resolved. Critical ones were never silent. */
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
