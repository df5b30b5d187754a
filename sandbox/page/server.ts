/** The page at `/`: the sandbox's channel as a person sees it, with actions. */
import { ZodError } from 'zod';
import { realTimers, type Timers } from '#core/market-time/real-timers.ts';
import type { StoredMessage } from '#sandbox/discord/records.ts';
import type { SandboxDiscord } from '#sandbox/discord/server.ts';
import { alreadySent, type LoopbackContext } from '#sandbox/loopback-app.ts';
import { type Action, createActions } from './actions.ts';
import { avatarSvg } from './avatars.ts';
import { type Bundle, loadBundle } from './bundle.ts';
import type { Me, OutcomeDto } from './dto.ts';
import { createEvents } from './events.ts';
import type { Market } from './market.ts';
import { createView } from './view.ts';

interface PageParts {
  readonly discord: SandboxDiscord;
  readonly market: Market;
  readonly timers?: Timers;
  /** Folder of the built script; one under node_modules by default. */
  readonly cacheDir?: string;
}

interface MountedPage {
  /** URL to open in a browser. */
  readonly url: string;
  /** Resolves when the script is built; the page waits for it. */
  readonly ready: Promise<void>;
}

/** Allows requests only to this server. Lit sets inline styles. */
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

/** Returns at once and builds the script in the background. Closed with its Discord. */
export function mountPage({ discord, market, timers, cacheDir }: PageParts): MountedPage {
  const bundle = loadBundle(cacheDir);
  const view = createView(discord, market);
  const events = createEvents({ discord, market, view, timers: timers ?? realTimers });
  discord.onClose(events.close);
  const { app } = discord;
  for (const [path, { type, part }] of Object.entries(ASSETS)) {
    app.get(path, async () => file(type, (await bundle)[part]));
  }
  app.get('/desk/events', (c) => {
    events.open((c.req.query('user') ?? 'viewer') as Me, c.env.outgoing);
    return alreadySent();
  });
  app.get('/avatars/:id{\\w+\\.svg}', (c) =>
    file('image/svg+xml', avatarSvg(c.req.param('id').slice(0, -'.svg'.length), discord.world)),
  );
  app.get('/attachments/:channel/:id/:name', (c) =>
    attachment(discord, c.req.param('channel'), c.req.param('id')),
  );
  for (const [name, action] of Object.entries(createActions(discord, market))) {
    app.post(`/desk/${name}`, (c) => run(action, c));
  }
  return { url: discord.baseUrl, ready: bundle.then(() => undefined) };
}

const ASSETS: Readonly<Record<string, { readonly type: string; readonly part: keyof Bundle }>> = {
  '/': { type: 'text/html; charset=utf-8', part: 'html' },
  '/page.css': { type: 'text/css; charset=utf-8', part: 'css' },
  '/page.js': { type: 'text/javascript; charset=utf-8', part: 'script' },
};

function file(type: string, body: string | Uint8Array<ArrayBuffer>): Response {
  const headers = { ...HEADERS, 'Content-Type': type, 'Cache-Control': 'no-cache' };
  return new Response(body, { headers });
}

function attachment({ store }: SandboxDiscord, channelId: string, id: string): Response {
  const bytes = store.file(id);
  const among = (messages: readonly StoredMessage[]) =>
    messages.flatMap(({ attachments }) => attachments).find((each) => each.id === id);
  const all = store.messagesOf(channelId, { limit: 1000, withPrivate: true });
  const found = among(all) ?? among(store.pinnedIn(channelId));
  return bytes && found
    ? file(found.contentType, new Uint8Array(bytes))
    : new Response(null, { status: 404 });
}

async function run(action: Action, { req }: LoopbackContext): Promise<Response> {
  const isJson = req.header('content-type') === 'application/json';
  const outcome = isJson
    ? req.json().then(action)
    : Promise.reject(new RangeError('expected JSON'));
  return file('application/json', JSON.stringify(await outcome.catch(refusal)));
}

/** Actions that a client would not offer are reported; anything else is a bug of the sandbox. */
function refusal(fault: unknown): OutcomeDto {
  if (fault instanceof RangeError) return { kind: 'refused', reason: fault.message };
  if (fault instanceof ZodError)
    return { kind: 'refused', reason: 'The page sent an invalid request.' };
  return { kind: 'refused', reason: `sandbox: ${fault instanceof Error ? fault.message : fault}` };
}
