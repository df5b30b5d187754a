/** The web app that every port of the sandbox uses, for programs and pages of this machine. */
import type { IncomingHttpHeaders } from 'node:http';
import { getRequestListener, type HttpBindings } from '@hono/node-server';
import { type Context, Hono } from 'hono';
import { TrieRouter } from 'hono/router/trie-router';

interface Env {
  readonly Bindings: HttpBindings;
}

/** Routes and middleware of one port. */
export type LoopbackApp = Hono<Env>;
/** One request to it. */
export type LoopbackContext = Context<Env>;

/** For an answer that was already written to the socket, or cut off. */
export function alreadySent(): Response {
  return new Response(null, { headers: { 'x-hono-already-sent': 'true' } });
}

/** Answers 403 to requests from other web pages, by DNS rebinding or by a form. */
export function createLoopbackApp(): LoopbackApp {
  // Of Hono's routers only this one treats the colon of `orders:by_client_order_id` as a literal.
  const app = new Hono<Env>({ router: new TrieRouter(), getPath: decodedPath });
  app.use(async (c, next) =>
    isFromHere(c.env.incoming.headers)
      ? next()
      : c.text('Only programs of this machine, and only its own page.', 403),
  );
  return app;
}

/** Clients may write `@original` as `%40original`. A path that cannot be decoded stays unchanged. */
function decodedPath({ url }: Request): string {
  const { pathname } = new URL(url);
  try {
    return decodeURIComponent(pathname);
  } catch {
    return pathname;
  }
}

/** The app as node:http calls it. */
export function listenerOf(app: LoopbackApp): ReturnType<typeof getRequestListener> {
  return getRequestListener(app.fetch, { overrideGlobalObjects: false });
}

/** Whether Host names this machine, and Origin, if present, the same host and port. */
export function isFromHere({ host = '', origin }: IncomingHttpHeaders): boolean {
  const isLocal = /^(127\.0\.0\.1|localhost|\[::1\])(:\d+)?$/.test(host);
  return isLocal && (origin === undefined || origin === `http://${host}`);
}
