/** The page at `/`: the sandbox's channel as a person would see it, and hands to act in it. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { ZodError } from 'zod';
import { realTimers, type Timers } from '#ops/market-time/real-timers.ts';
import { readBody } from '#sandbox/discord/body.ts';
import type { StoredMessage } from '#sandbox/discord/records.ts';
import type { SandboxDiscord } from '#sandbox/discord/server.ts';
import { type Action, createActions } from './actions.ts';
import { avatarSvg } from './avatars.ts';
import { type Bundle, loadBundle } from './bundle.ts';
import type { Me, OutcomeDto } from './dto.ts';
import { createEvents, type Events } from './events.ts';
import type { Market } from './market.ts';
import { createView } from './view.ts';

export interface PageParts {
  readonly discord: SandboxDiscord;
  readonly market: Market;
  readonly timers?: Timers;
  /** Where the made script is kept; a folder under node_modules unless set. */
  readonly cacheDir?: string;
}

export interface MountedPage {
  /** What to open in a browser. */
  readonly url: string;
  /** When the script has been made; the page waits for it by itself. */
  readonly ready: Promise<void>;
}

/** Nothing but this server is asked for anything. Lit sets inline styles. */
const POLICY = [
  "default-src 'self'",
  "img-src 'self' data:",
  "style-src 'self' 'unsafe-inline'",
  "object-src 'none'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');
const HEADERS = {
  'Content-Security-Policy': POLICY,
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
};

/** Returns at once; the script is made meanwhile. Closed with the Discord that it shows. */
export function mountPage({ discord, market, timers, cacheDir }: PageParts): MountedPage {
  const bundle = loadBundle(cacheDir);
  const view = createView(discord, market);
  const events = createEvents({ discord, market, view, timers: timers ?? realTimers });
  const actions = createActions(discord, market);
  discord.mount((request, response) => {
    const url = new URL(request.url ?? '/', discord.baseUrl);
    if (!isFromHere(request, discord)) {
      response.writeHead(403).end('Only this machine, and only this page.');
      return true;
    }
    if (request.method === 'POST') return runAction(actions, request, response, url);
    return show({ discord, events, bundle }, response, url);
  }, events.close);
  return { url: discord.baseUrl, ready: bundle.then(() => undefined) };
}

interface Shown {
  readonly discord: SandboxDiscord;
  readonly events: Events;
  readonly bundle: Promise<Bundle>;
}

/** Other pages in the same browser must not reach it, neither by name tricks nor by a form. */
function isFromHere({ headers }: IncomingMessage, { baseUrl }: SandboxDiscord): boolean {
  const { port } = new URL(baseUrl);
  const hosts = [`127.0.0.1:${port}`, `localhost:${port}`];
  const origin = headers.origin;
  const isOwn = origin === undefined || hosts.some((host) => origin === `http://${host}`);
  return isOwn && hosts.includes(headers.host ?? '');
}

function show({ discord, events, bundle }: Shown, response: ServerResponse, url: URL): boolean {
  const asset = ASSETS[url.pathname];
  if (asset) {
    void bundle.then((made) => send(response, asset.type, made[asset.part]));
    return true;
  }
  if (url.pathname === '/desk/events') {
    events.open((url.searchParams.get('user') ?? 'viewer') as Me, response);
    return true;
  }
  const avatar = /^\/avatars\/(\w+)\.svg$/.exec(url.pathname)?.[1];
  if (avatar !== undefined) {
    send(response, 'image/svg+xml', avatarSvg(avatar, discord.world));
    return true;
  }
  const file = /^\/attachments\/(\d+)\/(\d+)\/[^/]+$/.exec(url.pathname);
  if (!file) return false;
  sendFile(discord, response, { channelId: file[1] ?? '', id: file[2] ?? '' });
  return true;
}

const ASSETS: Readonly<Record<string, { readonly type: string; readonly part: keyof Bundle }>> = {
  '/': { type: 'text/html; charset=utf-8', part: 'html' },
  '/page.css': { type: 'text/css; charset=utf-8', part: 'css' },
  '/page.js': { type: 'text/javascript; charset=utf-8', part: 'script' },
};

function send(response: ServerResponse, type: string, body: string | Uint8Array): void {
  response
    .writeHead(200, { ...HEADERS, 'Content-Type': type, 'Cache-Control': 'no-cache' })
    .end(body);
}

function sendFile(
  { store }: SandboxDiscord,
  response: ServerResponse,
  { channelId, id }: { readonly channelId: string; readonly id: string },
): void {
  const bytes = store.file(id);
  const among = (messages: readonly StoredMessage[]) =>
    messages.flatMap(({ attachments }) => attachments).find((each) => each.id === id);
  const all = store.messagesOf(channelId, { limit: 1000, withPrivate: true });
  const attachment = among(all) ?? among(store.pinnedIn(channelId));
  if (bytes && attachment) send(response, attachment.contentType, bytes);
  else response.writeHead(404).end();
}

function runAction(
  actions: Readonly<Record<string, Action>>,
  request: IncomingMessage,
  response: ServerResponse,
  url: URL,
): boolean {
  const action = actions[/^\/desk\/(\w+)$/.exec(url.pathname)?.[1] ?? ''];
  if (!action) return false;
  const isJson = request.headers['content-type'] === 'application/json';
  const outcome = isJson
    ? readBody(request).then(({ json }) => action(json))
    : Promise.reject(new RangeError('expected JSON'));
  void outcome.catch(refusal).then((answer) => {
    send(response, 'application/json', JSON.stringify(answer));
  });
  return true;
}

/** What a client would not let a person do is told; anything else is a fault of the sandbox. */
function refusal(fault: unknown): OutcomeDto {
  if (fault instanceof RangeError) return { kind: 'refused', reason: fault.message };
  if (fault instanceof ZodError) return { kind: 'refused', reason: 'The page sent something odd.' };
  return { kind: 'refused', reason: `sandbox: ${fault instanceof Error ? fault.message : fault}` };
}
