/** Answers the REST API: one request in, one answer out, with Discord's manners. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Timers } from '#ops/market-time/real-timers.ts';
import { type Body, readBody } from './body.ts';
import type { FaultInjector, HttpFault } from './fault-injector.ts';
import { ApiFault, noSuchRoute, notAllowedMethod, unauthorized } from './faults.ts';
import { type Headers, limited, type RateLimiter } from './rate-limits.ts';
import { type Answer, bodyOf, hasPath, type Match, matchRoute, type Route } from './route.ts';

export const API_PREFIX = '/api/v10';

/** What went over the wire, for tests that compare it with the official description. */
export interface Exchange {
  readonly method: string;
  /** Without `/api/v10`, decoded. */
  readonly path: string;
  readonly request: Body;
  readonly status: number;
  readonly response: unknown;
}

export interface RestParts {
  readonly routes: readonly Route[];
  /** What the authorization header must say; undefined lets nobody in. */
  readonly authorization: () => string | undefined;
  readonly limiter: RateLimiter;
  readonly faults: FaultInjector;
  readonly timers: Timers;
  readonly observe: (exchange: Exchange) => void;
}

export type Rest = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

export function createRest(parts: RestParts): Rest {
  const answer = (request: IncomingMessage, url: URL, path: string, body: Body): Sent => {
    const headers: Record<string, string> = {};
    try {
      const match = findRoute(parts.routes, request.method ?? 'GET', path);
      refuseStranger(match.route, request, parts.authorization());
      Object.assign(headers, countRequest(match, parts.limiter));
      const { json, uploads } = body;
      const call = {
        params: match.params,
        query: url.searchParams,
        body: bodyOf(json),
        json,
        uploads,
      };
      return { ...match.route.handle(call), headers };
    } catch (fault) {
      return refusal(fault, headers);
    }
  };

  return async (request, response) => {
    const url = new URL(request.url ?? '/', 'http://loopback');
    const path = decodeURIComponent(url.pathname).slice(API_PREFIX.length);
    const method = request.method ?? 'GET';
    const trouble = parts.faults.httpFault(method, path);
    if (trouble?.kind === 'late') await pause(trouble.delayMs, parts.timers);
    else if (trouble && !('after' in trouble && trouble.after)) {
      request.resume();
      return afflict(response, trouble);
    }
    const body = await readBody(request).catch((fault: unknown) => refusal(fault, {}));
    const sent = 'status' in body ? body : answer(request, url, path, body);
    if (trouble && trouble.kind !== 'late') return afflict(response, trouble);
    if ('uploads' in body) {
      parts.observe({ method, path, request: body, status: sent.status, response: sent.body });
    }
    send(response, sent);
  };
}

type Sent = Answer & { readonly headers: Headers };

function findRoute(routes: readonly Route[], method: string, path: string): Match {
  const match = matchRoute(routes, method, path);
  if (match) return match;
  throw hasPath(routes, path) ? notAllowedMethod() : noSuchRoute();
}

function pause(delayMs: number, timers: Timers): Promise<void> {
  return new Promise((resolve) => {
    timers.after(delayMs, resolve);
  });
}

function refuseStranger(
  route: Route,
  request: IncomingMessage,
  authorization: string | undefined,
): void {
  const knows = authorization !== undefined && request.headers.authorization === authorization;
  if (!route.open && !knows) throw unauthorized();
}

function countRequest({ route, major }: Match, limiter: RateLimiter): Headers {
  // Interactions are outside the token's 50 a second.
  if (!route.open) limiter.takeGlobal();
  return route.limit === undefined
    ? {}
    : limiter.take(route.limit, major, `${route.method} ${route.template}`);
}

/** Anything that is not a refusal is a fault of the sandbox, and says so. */
function refusal(fault: unknown, headers: Headers): Sent {
  if (fault instanceof ApiFault) {
    return { status: fault.status, body: fault.body, headers: { ...headers, ...fault.headers } };
  }
  const message = `sandbox: ${fault instanceof Error ? fault.stack : String(fault)}`;
  return { status: 500, body: { message, code: 0 }, headers };
}

function send(response: ServerResponse, { status, body, headers }: Sent): void {
  if (body === undefined) {
    // An empty answer that claimed to be JSON would be parsed, and fail.
    response.writeHead(status, { ...headers }).end();
    return;
  }
  const bytes = Buffer.from(JSON.stringify(body));
  response
    .writeHead(status, {
      ...headers,
      'Content-Type': 'application/json',
      'Content-Length': bytes.length,
    })
    .end(bytes);
}

function afflict(response: ServerResponse, trouble: Exclude<HttpFault, { kind: 'late' }>): void {
  switch (trouble.kind) {
    case 'status':
      send(response, {
        status: trouble.status,
        body: trouble.body ?? { message: `${trouble.status}: planted`, code: 0 },
        headers: trouble.headers ?? {},
      });
      break;
    case 'rate-limit': {
      const { retryAfterMs, scope = 'user', code } = trouble;
      const { status, body, headers } = limited(retryAfterMs / 1000, scope, code);
      send(response, { status, body, headers });
      break;
    }
    case 'hang':
      break;
    case 'reset':
      response.socket?.destroy();
      break;
    default:
      trouble satisfies never;
  }
}
