/**
 * Messages that were begun and not answered. Discord knows a nonce again for a few minutes only, so
 * the channel itself is asked whether the message stands there.
 */
import { z } from 'zod';
import type { Clock, PostBook } from '#core/ports.ts';
import { keepNote, noteOf } from '../bot-state.ts';

/** A message that may stand in a channel without our knowing. */
const begun = z.object({
  /** Milliseconds since 1970 of its first attempt. */
  at: z.number(),
  /** How it began, by attempt. */
  heads: z.array(z.string()),
});

export type Begun = z.infer<typeof begun>;

export interface InFlight {
  /** Gives the attempts before this one that were not answered. */
  begin(nonce: string, head: string): Begun | undefined;
  /** It was answered. */
  end(nonce: string): void;
}

const NOTE = 'in flight';
const record = z.record(z.string(), begun);

/** What was never tried again, as for a channel that was given up, is no use later. */
const FORGOTTEN_MS = 7 * 86_400_000;

export function createInFlight(posts: PostBook, pace: Pick<Clock, 'now'>): InFlight {
  const known = new Map(Object.entries(read(posts)));
  const write = (): void => keepNote(posts, NOTE, JSON.stringify(Object.fromEntries(known)));
  return {
    begin(nonce, head) {
      const now = pace.now();
      for (const [name, { at }] of known) if (now - at > FORGOTTEN_MS) known.delete(name);
      const before = known.get(nonce);
      const heads = [...new Set([...(before?.heads ?? []), head])];
      known.set(nonce, { at: before?.at ?? now, heads });
      write();
      return before;
    },
    end(nonce) {
      known.delete(nonce);
      write();
    },
  };
}

function read(posts: PostBook): Readonly<Record<string, Begun>> {
  const parsed = record.safeParse(JSON.parse(noteOf(posts, NOTE) ?? '{}'));
  return parsed.success ? parsed.data : {};
}
