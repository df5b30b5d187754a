/**
 * Two channels outside of the bot's own connection: an alert webhook that reports that Rotor could not
 * start or crashed, and a dead man's switch that is pinged while all is well.
 */
import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { AtomicJsonFile } from './json-file.ts';

/** Limited in time and number, also across restarts; never sends a secret. */
export interface AlertWebhook {
  /** Sends the text, unless the same text or too many others were sent recently. Never rejects. */
  send(text: string): Promise<void>;
}

/** Dependencies of createAlertWebhook. */
export interface AlertWebhookParts {
  /** Undefined: sends nothing. */
  readonly url: string | undefined;
  readonly file: AtomicJsonFile<SentTimes>;
  /** Wall clock, milliseconds since 1970. */
  readonly now: () => number;
  /** Removes every secret from a text. */
  readonly scrub: (text: string) => string;
  /** Returns the HTTP status. @throws when there is no answer. */
  readonly post: (url: string, body: string) => Promise<number>;
  /** Reports problems of the webhook itself. */
  readonly report: (text: string) => void;
}

/** When each message was last sent, by the hash of its text. */
export const sentRecord = z.record(z.string(), z.number());
/** The content of the file: milliseconds since 1970, by hash. */
export type SentTimes = z.infer<typeof sentRecord>;

/** The same text is not repeated within this time. */
export const REPEAT_AFTER_MS = 15 * 60_000;
/**
 * Limit for different texts within that time: a crash with a counter in its text must not ring all night.
 */
export const MAX_MESSAGES = 5;
/** Discord's limit is 2,000. */
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
      // Written before sending: a process that dies meanwhile must not send it again at each start.
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

/** Body of a Discord webhook request, with mentions disabled. */
function bodyOf(text: string): string {
  return JSON.stringify({
    content: text.slice(0, MAX_CHARACTERS),
    allowed_mentions: { parse: [] },
  });
}

/** An external service raises the alarm when the pings stop. */
export interface DeadMansSwitch {
  /** Sends one ping if all is well. Never rejects; the next one is the retry. */
  ping(): Promise<void>;
  /** Number of pings that were answered. */
  sent(): number;
}

/** Dependencies of createDeadMansSwitch. */
export interface DeadMansSwitchParts {
  /** A secret; undefined: sends nothing. */
  readonly url: string | undefined;
  readonly isHealthy: () => boolean;
  /** Returns the HTTP status. @throws when there is no answer. */
  readonly get: (url: string) => Promise<number>;
  readonly report: (text: string) => void;
}

/** Creates the switch; `ping` must be called at its interval. */
export function createDeadMansSwitch(parts: DeadMansSwitchParts): DeadMansSwitch {
  const { url, isHealthy, get, report } = parts;
  let sent = 0;
  let isAsking = false;
  let problem: string | undefined;

  /** Reports a failure once, not each minute. */
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

/** Posts JSON once, within four seconds and without following redirects; returns the HTTP status. */
export function postOnce(url: string, body: string): Promise<number> {
  const headers = { 'content-type': 'application/json' };
  return statusOf(url, { method: 'POST', headers, body, signal: AbortSignal.timeout(POST_MS) });
}

/** Requests once, within ten seconds and without following redirects; returns the HTTP status. */
export function getOnce(url: string): Promise<number> {
  return statusOf(url, { signal: AbortSignal.timeout(PING_MS) });
}

async function statusOf(url: string, init: RequestInit): Promise<number> {
  const answer = await fetch(url, { ...init, redirect: 'error' });
  await answer.body?.cancel();
  return answer.status;
}
