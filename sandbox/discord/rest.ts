/** The REST API: one request in, one answer out, with Discord's errors and headers. */

import type { Timers } from '#core/market-time/real-timers.ts';
import { alreadySent, type LoopbackApp, type LoopbackContext } from '#sandbox/loopback-app.ts';
import type { Upload } from './draft.ts';
import type { FaultInjector, HttpFault } from './fault-injector.ts';
import {
  ApiFault,
  invalidJson,
  noSuchRoute,
  notAllowedMethod,
  tooLarge,
  unauthorized,
} from './faults.ts';
import { type Headers, limited, type RateLimiter } from './rate-limits.ts';
import { type Answer, bodyOf, type Route } from './route.ts';

/** Path of version 10 of the API. */
const API_PREFIX = '/api/v10';

/** A request with its answer, for tests that compare it with the official API description. */
export interface Exchange {
  readonly method: string;
  /** Without `/api/v10`, decoded. */
  readonly path: string;
  readonly request: Body;
  readonly status: number;
  readonly response: unknown;
}

/** Dependencies of mountRest. */
interface RestParts {
  readonly routes: readonly Route[];
  /** Expected authorization header; undefined rejects everyone. */
  readonly authorization: () => string | undefined;
  readonly limiter: RateLimiter;
  readonly faults: FaultInjector;
  readonly timers: Timers;
  readonly observe: (exchange: Exchange) => void;
}

type Sent = Answer & { readonly headers: Headers };
/** Answers a request; a thrown ApiFault also becomes an answer, with the headers set so far. */
type Answerer = (c: LoopbackContext, body: Body, headers: Record<string, string>) => Answer;

/** Mounts the API under `/api/v10`. Literal parts of a path take precedence over parameters. */
export function mountRest(app: LoopbackApp, parts: RestParts): void {
  const api = app.basePath(API_PREFIX);
  api.use((c, next) => withFault(c, next, parts));
  const sorted = parts.routes.toSorted((a, b) => parameterCount(a) - parameterCount(b));
  for (const route of sorted) {
    api.on(route.method, route.path, (c) => exchange(c, parts, answerer(route, parts)));
  }
  const refuse = (fault: () => ApiFault) => (c: LoopbackContext) =>
    exchange(c, parts, () => {
      throw fault();
    });
  for (const { path } of parts.routes) api.all(path, refuse(notAllowedMethod));
  api.all('*', refuse(noSuchRoute));
}

function answerer(route: Route, { authorization, limiter }: RestParts): Answerer {
  return (c, { json, uploads }, headers) => {
    const wanted = authorization();
    const isKnown = wanted !== undefined && c.req.header('authorization') === wanted;
    if (!route.open && !isKnown) throw unauthorized();
    const params: Readonly<Record<string, string>> = c.req.param();
    Object.assign(headers, countRequest(route, params, limiter));
    const query = new URL(c.req.url).searchParams;
    return route.handle({ params, query, body: bodyOf(json), json, uploads });
  };
}

async function exchange(
  c: LoopbackContext,
  { observe }: RestParts,
  answer: Answerer,
): Promise<Response> {
  const headers: Record<string, string> = {};
  const path = pathOf(c);
  try {
    const request = await readBody(c);
    const sent = tried(() => ({ ...answer(c, request, headers), headers }), headers);
    observe({ method: c.req.method, path, request, status: sent.status, response: sent.body });
    return responseOf(sent);
  } catch (fault) {
    return responseOf(refusal(fault, headers));
  }
}

function tried(work: () => Sent, headers: Headers): Sent {
  try {
    return work();
  } catch (fault) {
    return refusal(fault, headers);
  }
}

function pathOf(c: LoopbackContext): string {
  return c.req.path.slice(API_PREFIX.length);
}

/** Applies a planned fault before the request is read, or instead of its answer. */
async function withFault(
  c: LoopbackContext,
  next: () => Promise<void>,
  { faults, timers }: RestParts,
): Promise<Response | undefined> {
  const fault = faults.httpFault(c.req.method, pathOf(c));
  if (fault?.kind === 'late') {
    await new Promise<void>((resolve) => timers.after(fault.delayMs, resolve));
  } else if (fault && !('after' in fault && fault.after)) return faulty(c, fault);
  await next();
  if (fault && fault.kind !== 'late') {
    const answer = await faulty(c, fault);
    c.res = undefined;
    c.res = answer;
  }
  return undefined;
}

/** Counts the request against the bucket of the channel, guild or webhook in its path. */
function countRequest(
  { open, limit, method, path }: Route,
  params: Readonly<Record<string, string>>,
  limiter: RateLimiter,
): Headers {
  const major = params['channel'] ?? params['guild'] ?? params['token'] ?? '';
  // Interactions do not count against the token's 50 a second.
  if (!open) limiter.takeGlobal();
  return limit === undefined ? {} : limiter.take(limit, major, `${method} ${path}`);
}

function parameterCount({ path }: Route): number {
  return path.split(':').length;
}

/** Anything but an ApiFault is a bug of the sandbox, and says so. */
function refusal(fault: unknown, headers: Headers): Sent {
  if (fault instanceof ApiFault) {
    return { status: fault.status, body: fault.body, headers: { ...headers, ...fault.headers } };
  }
  const message = `sandbox: ${fault instanceof Error ? fault.stack : String(fault)}`;
  return { status: 500, body: { message, code: 0 }, headers };
}

/** An empty answer with a JSON content type would be parsed, and fail. */
function responseOf({ status, body, headers }: Sent): Response {
  return body === undefined
    ? new Response(null, { status, headers })
    : Response.json(body, { status, headers });
}

async function faulty(
  c: LoopbackContext,
  fault: Exclude<HttpFault, { kind: 'late' }>,
): Promise<Response> {
  switch (fault.kind) {
    case 'status': {
      const { status, body = { message: `${status}: planted`, code: 0 }, headers = {} } = fault;
      return responseOf({ status, body, headers });
    }
    case 'rate-limit': {
      const { retryAfterMs, scope = 'user', code } = fault;
      return responseOf(limited(retryAfterMs / 1000, scope, code));
    }
    case 'hang':
      return new Promise(() => undefined);
    case 'reset':
      c.env.outgoing.socket?.destroy();
      return alreadySent();
    default:
      return fault satisfies never;
  }
}

/** The body of a request. */
interface Body {
  /** Its JSON; `{}` if there is none. */
  readonly json: unknown;
  readonly uploads: readonly Upload[];
}

const MAX_REQUEST_BYTES = 25 * 1024 * 1024;

/** @throws ApiFault 40005 over 25 MiB, 50109 on bad JSON */
async function readBody({ req }: LoopbackContext): Promise<Body> {
  const type = req.header('content-type') ?? '';
  const bytes = await req.arrayBuffer();
  if (bytes.byteLength > MAX_REQUEST_BYTES) throw tooLarge();
  const isForm = type.startsWith('multipart/form-data');
  if (!isForm) return { json: parseJson(Buffer.from(bytes).toString('utf8')), uploads: [] };
  const form = await new Response(bytes, { headers: { 'content-type': type } }).formData();
  const payload = form.get('payload_json');
  const uploads: Upload[] = [];
  for (const [name, value] of form) {
    const index = /^files?\[(\d+)\]$/.exec(name)?.[1];
    if (index === undefined || typeof value === 'string') continue;
    const content = new Uint8Array(await value.arrayBuffer());
    uploads.push({ index, filename: value.name, contentType: value.type, bytes: content });
  }
  return { json: parseJson(typeof payload === 'string' ? payload : ''), uploads };
}

function parseJson(text: string): unknown {
  if (text === '') return {};
  try {
    return JSON.parse(text) as unknown;
  } catch (fault) {
    if (fault instanceof SyntaxError) throw invalidJson();
    throw fault;
  }
}
