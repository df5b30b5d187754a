/** A route of the REST API. */
import type { Upload } from './draft.ts';
import { isJson, type Json } from './json.ts';
import type { RateLimitName } from './rate-limits.ts';

/** A request as a route sees it. */
export interface Call {
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  /** The body if it is an object, otherwise empty. */
  readonly body: Json;
  readonly json: unknown;
  readonly uploads: readonly Upload[];
}

/** `body` undefined is an empty answer. */
export interface Answer {
  readonly status: number;
  readonly body?: unknown;
}

/** One endpoint of the API. */
export interface Route {
  readonly method: string;
  /** `:name` matches one part of the path. */
  readonly path: string;
  readonly limit: RateLimitName | undefined;
  /** Interaction and webhook paths contain their own token. */
  readonly open: boolean;
  readonly handle: (call: Call) => Answer;
}

type Handle = Route['handle'];

/** A route that needs the bot's token; `address` is `METHOD /path/{name}`. */
export function route(address: string, limit: RateLimitName, handle: Handle): Route {
  return { ...openRoute(address, limit, handle), open: false };
}

/** A route that needs no bot token. */
export function openRoute(
  address: string,
  limit: RateLimitName | undefined,
  handle: Handle,
): Route {
  const [method = '', path = ''] = address.replaceAll(/\{(\w+)\}/g, ':$1').split(' ');
  return { method, path, limit, open: true, handle };
}

/** The body if it is an object, otherwise empty. */
export function bodyOf(json: unknown): Json {
  return isJson(json) ? json : {};
}

/** 204 */
export const done = (): Answer => ({ status: 204 });
/** 200 */
export const ok = (body: unknown): Answer => ({ status: 200, body });
/** 201 */
export const created = (body: unknown): Answer => ({ status: 201, body });
