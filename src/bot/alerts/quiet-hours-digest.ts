/** What quiet hours held back: one message that rings when they end, of the trouble still open then. */
import { z } from 'zod';
import type { Mode } from '#core/domain/account.ts';
import type { Clock, PostBook } from '#core/ports.ts';
import { keepNote, noteOf } from '../bot-state.ts';
import type { Incidents, OpenIncident } from '../messages/incidents.ts';
import type { Keeper } from '../messages/message-store.ts';
import { heldBackPost } from '../posts/alert.ts';

export interface HeldBackParts {
  readonly incidents: Pick<Incidents, 'open'>;
  readonly posts: PostBook;
  readonly keeper: Pick<Keeper, 'put'>;
  /** People's time. */
  readonly pace: Pick<Clock, 'now'>;
  readonly mode: () => Mode;
  readonly isQuiet: () => boolean;
}

export interface HeldBack {
  /** Remembers what rang before the quiet hours, and rings for the rest when they are over. */
  run(): Promise<void>;
}

const NOTE = 'quiet hours';

/** Quiet hours that go on: since when, and the trouble that people had heard of by then. */
const begun = z.object({ at: z.number(), heard: z.array(z.string()) });

export function createHeldBack(parts: HeldBackParts): HeldBack {
  const { incidents, posts, keeper, pace, mode, isQuiet } = parts;

  function read(): z.infer<typeof begun> | undefined {
    const note = noteOf(posts, NOTE);
    return note ? begun.parse(JSON.parse(note)) : undefined;
  }

  /** Told without a sound, not seen by anybody, and not over. Critical ones have rung. */
  function isHeld({ key, incident }: OpenIncident, heard: readonly string[]): boolean {
    const { severity } = incident.alert;
    const isBad = severity === 'warning' || severity === 'error';
    const isTold = posts.find(key) !== undefined;
    return isBad && isTold && !incident.acknowledged && !heard.includes(key);
  }

  async function run(): Promise<void> {
    const quiet = read();
    if (isQuiet()) {
      if (quiet) return;
      const heard = incidents.open().map(({ key }) => key);
      keepNote(posts, NOTE, JSON.stringify({ at: pace.now(), heard }));
      return;
    }
    if (!quiet) return;
    const held = incidents.open().filter((each) => isHeld(each, quiet.heard));
    if (held.length > 0) {
      const post = heldBackPost(
        held.map(({ incident }) => incident),
        mode(),
      );
      await keeper.put(`held back:${quiet.at}`, post, { key: String(quiet.at) });
    }
    keepNote(posts, NOTE, '');
  }

  return { run };
}
