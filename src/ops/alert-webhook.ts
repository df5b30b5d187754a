/**
 * One message by webhook from outside the bot's own connection: that Rotor could not start, or died.
 * Bounded in time and number, also across restarts, and never with a secret.
 */
import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { SmallFile } from './json-file.ts';

export interface Supervisor {
  /** Sends it, unless the same was sent a little while ago, or too much else. Never rejects. */
  tell(text: string): Promise<void>;
}

export interface SupervisorParts {
  /** Where to; undefined sends nothing. */
  readonly url: string | undefined;
  readonly file: SmallFile<Told>;
  /** The machine's clock, milliseconds since 1970. */
  readonly now: () => number;
  /** Takes every secret out of a text. */
  readonly scrub: (text: string) => string;
  /** Gives the status. @throws when there is no answer. */
  readonly post: (url: string, body: string) => Promise<number>;
  /** Where trouble with it goes. */
  readonly report: (text: string) => void;
}

/** When each message was sent last, by the hash of its text. */
export const toldRecord = z.record(z.string(), z.number());
export type Told = z.infer<typeof toldRecord>;

export const QUIET_MS = 15 * 60_000;
/** Of different ones in that time: a crash that counts in its text must not ring all night. */
export const MOST_MESSAGES = 5;
/** Discord takes 2,000. */
const MOST_CHARACTERS = 1_800;
const POST_MS = 4_000;

export function createSupervisor(parts: SupervisorParts): Supervisor {
  const { url, file, now, scrub, post, report } = parts;
  return {
    async tell(text) {
      if (url === undefined) return;
      const told = lately(file.read() ?? {}, now());
      const hash = createHash('sha256').update(`${url} ${text}`).digest('hex').slice(0, 16);
      if (hash in told || Object.keys(told).length >= MOST_MESSAGES) return;
      // Before it is sent: a process that dies on the way must not send it at each start.
      file.write({ ...told, [hash]: now() });
      try {
        const status = await post(url, bodyOf(scrub(text)));
        if (status >= 300) report(`SUPERVISOR_WEBHOOK_URL: answered ${status}`);
      } catch (error) {
        report(`SUPERVISOR_WEBHOOK_URL: ${error instanceof Error ? error.name : 'no answer'}`);
      }
    },
  };
}

function lately(told: Told, now: number): Told {
  return Object.fromEntries(Object.entries(told).filter(([, at]) => Math.abs(now - at) < QUIET_MS));
}

/** As a Discord webhook takes it: nobody is mentioned, whatever the text says. */
function bodyOf(text: string): string {
  return JSON.stringify({
    content: text.slice(0, MOST_CHARACTERS),
    allowed_mentions: { parse: [] },
  });
}

/** Over HTTP, once, within a few seconds, and only to where it was told to. */
export async function postOnce(url: string, body: string): Promise<number> {
  const answer = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body,
    redirect: 'error',
    signal: AbortSignal.timeout(POST_MS),
  });
  await answer.body?.cancel();
  return answer.status;
}
