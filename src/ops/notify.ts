/**
 * Two ways to be heard outside without the bot's own connection: an alert webhook that says that Rotor
 * could not start or died, and a dead man's switch that is pinged while all is well.
 */
import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { AtomicJsonFile } from './json-file.ts';

/** Bounded in time and number, also across restarts, and never with a secret. */
export interface AlertWebhook {
  /** Sends the text, unless the same or too much else was sent a short while ago. Never rejects. */
  send(text: string): Promise<void>;
}

/** What the webhook needs from outside. */
export interface AlertWebhookParts {
  /** Undefined sends nothing. */
  readonly url: string | undefined;
  readonly file: AtomicJsonFile<SentTimes>;
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
export const sentRecord = z.record(z.string(), z.number());
/** The content of the file: milliseconds since 1970, by hash. */
export type SentTimes = z.infer<typeof sentRecord>;

/** The same text is not sent again for so long. */
export const REPEAT_AFTER_MS = 15 * 60_000;
/** Of different ones in that time: a crash with a counter in its text must not ring all night. */
export const MAX_MESSAGES = 5;
/** Discord takes 2,000. */
const MAX_CHARACTERS = 1_800;
const POST_MS = 4_000;
const PING_MS = 10_000;

/** Opens the webhook; nothing is sent before the first `send`. */
export function createAlertWebhook(parts: AlertWebhookParts): AlertWebhook {
  const { url, file, now, scrub, post, report } = parts;
  return {
    async send(text) {
      if (url === undefined) return;
      const sent = recent(file.read() ?? {}, now());
      const hash = createHash('sha256').update(`${url} ${text}`).digest('hex').slice(0, 16);
      if (hash in sent || Object.keys(sent).length >= MAX_MESSAGES) return;
      // Before it is sent: a process that dies on the way must not send it at each start.
      file.write({ ...sent, [hash]: now() });
      try {
        const status = await post(url, bodyOf(scrub(text)));
        if (status >= 300) report(`SUPERVISOR_WEBHOOK_URL: answered ${status}`);
      } catch (error) {
        report(`SUPERVISOR_WEBHOOK_URL: ${error instanceof Error ? error.name : 'no answer'}`);
      }
    },
  };
}

function recent(sent: SentTimes, now: number): SentTimes {
  return Object.fromEntries(
    Object.entries(sent).filter(([, at]) => Math.abs(now - at) < REPEAT_AFTER_MS),
  );
}

/** As a Discord webhook takes it: nobody is mentioned, whatever the text says. */
function bodyOf(text: string): string {
  return JSON.stringify({
    content: text.slice(0, MAX_CHARACTERS),
    allowed_mentions: { parse: [] },
  });
}

/** Whoever is pinged raises the alarm when the pings stop. */
export interface DeadMansSwitch {
  /** Sends one ping if all is well. Never rejects; the next one is the retry. */
  ping(): Promise<void>;
  /** Pings that were answered. */
  sent(): number;
}

/** What the switch needs from outside. */
export interface DeadMansSwitchParts {
  /** A secret; undefined sends nothing. */
  readonly url: string | undefined;
  readonly isHealthy: () => boolean;
  /** Gives the status. @throws when there is no answer. */
  readonly get: (url: string) => Promise<number>;
  readonly report: (text: string) => void;
}

/** Sends nothing by itself: somebody calls `ping` at its interval. */
export function createDeadMansSwitch(parts: DeadMansSwitchParts): DeadMansSwitch {
  const { url, isHealthy, get, report } = parts;
  let sent = 0;
  let isAsking = false;
  let problem: string | undefined;

  /** Once when it begins to fail, not each minute. */
  function note(now: string | undefined): void {
    if (now !== undefined && now !== problem) report(`HEARTBEAT_URL: ${now}`);
    problem = now;
  }

  return {
    sent: () => sent,
    async ping() {
      if (url === undefined || isAsking || !isHealthy()) return;
      isAsking = true;
      try {
        const status = await get(url);
        if (status < 300) sent += 1;
        note(status < 300 ? undefined : `answered ${status}`);
      } catch (error) {
        note(`no answer (${error instanceof Error ? error.name : 'unknown'})`);
      } finally {
        isAsking = false;
      }
    },
  };
}

/** Posts JSON once, within four seconds, and only to where it was told to; gives the status. */
export function postOnce(url: string, body: string): Promise<number> {
  const headers = { 'content-type': 'application/json' };
  return statusOf(url, { method: 'POST', headers, body, signal: AbortSignal.timeout(POST_MS) });
}

/** Asks once, within ten seconds, and only where it was told to; gives the status. */
export function getOnce(url: string): Promise<number> {
  return statusOf(url, { signal: AbortSignal.timeout(PING_MS) });
}

async function statusOf(url: string, init: RequestInit): Promise<number> {
  const answer = await fetch(url, { ...init, redirect: 'error' });
  await answer.body?.cancel();
  return answer.status;
}
