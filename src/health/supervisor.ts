/**
 * One message by webhook from outside the bot's own connection: that Rotor could not start, or died.
 * Bounded in time and number, also across restarts, and never with a secret.
 */
import { z } from 'zod';
import type { SmallFile } from './small-file.ts';

export interface Supervisor {
  /** Sends it, unless one of the same kind was sent a little while ago. Never rejects. */
  tell(kind: string, text: string): Promise<void>;
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

/** When a message of each kind was sent last. */
export const toldRecord = z.record(z.string(), z.number());
export type Told = z.infer<typeof toldRecord>;

export const QUIET_MS = 15 * 60_000;
/** Discord takes 2,000. */
const MOST_CHARACTERS = 1_800;
const POST_MS = 4_000;

export function createSupervisor(parts: SupervisorParts): Supervisor {
  const { url, file, now, scrub, post, report } = parts;
  return {
    async tell(kind, text) {
      if (url === undefined) return;
      const told = file.read() ?? {};
      if (Math.abs(now() - (told[kind] ?? -QUIET_MS)) < QUIET_MS) return;
      // Before it is sent: a process that dies on the way must not send it at each start.
      file.write({ ...told, [kind]: now() });
      try {
        const status = await post(url, bodyOf(scrub(text)));
        if (status >= 300) report(`SUPERVISOR_WEBHOOK_URL: answered ${status}`);
      } catch (error) {
        report(`SUPERVISOR_WEBHOOK_URL: ${error instanceof Error ? error.name : 'no answer'}`);
      }
    },
  };
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
