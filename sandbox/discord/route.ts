/** A route of the REST API, and how a path finds it. */
import type { Upload } from './draft.ts';
import { isJson, type Json } from './json.ts';
import type { RateLimitName } from './rate-limits.ts';

export interface Call {
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  /** The body when it is an object, else empty. */
  readonly body: Json;
  readonly json: unknown;
  readonly uploads: readonly Upload[];
}

/** `body` undefined is an empty answer. */
export interface Answer {
  readonly status: number;
  readonly body?: unknown;
}

export interface Route {
  readonly method: string;
  /** `{name}` stands for one part of the path. */
  readonly template: string;
  readonly limit: RateLimitName | undefined;
  /** Interaction and webhook addresses carry their own token. */
  readonly open: boolean;
  readonly handle: (call: Call) => Answer;
}

type Handle = Route['handle'];

export function route(address: string, limit: RateLimitName, handle: Handle): Route {
  const [method = '', template = ''] = address.split(' ');
  return { method, template, limit, open: false, handle };
}

/** A route that needs no bot token. */
export function openRoute(
  address: string,
  limit: RateLimitName | undefined,
  handle: Handle,
): Route {
  const [method = '', template = ''] = address.split(' ');
  return { method, template, limit, open: true, handle };
}

export interface Match {
  readonly route: Route;
  readonly params: Readonly<Record<string, string>>;
  /** The channel, guild or webhook that the bucket is counted for. */
  readonly major: string;
}

/** Literal parts win over parameters. `path` is decoded. */
export function matchRoute(
  routes: readonly Route[],
  method: string,
  path: string,
): Match | undefined {
  const wanted = path.split('/');
  const found = routes
    .filter((each) => each.method === method && fits(each.template, wanted))
    .sort((a, b) => parameterCount(a) - parameterCount(b))[0];
  if (!found) return undefined;
  const params = Object.fromEntries(
    found.template.split('/').flatMap((part, index) => {
      const name = parameterOf(part);
      return name === undefined ? [] : [[name, wanted[index] ?? '']];
    }),
  );
  const major = params['channel'] ?? params['guild'] ?? params['token'] ?? '';
  return { route: found, params, major };
}

export function hasPath(routes: readonly Route[], path: string): boolean {
  return routes.some((each) => fits(each.template, path.split('/')));
}

function fits(template: string, wanted: readonly string[]): boolean {
  const parts = template.split('/');
  return (
    parts.length === wanted.length &&
    parts.every((part, index) => parameterOf(part) !== undefined || part === wanted[index])
  );
}

function parameterOf(part: string): string | undefined {
  return /^\{(\w+)\}$/.exec(part)?.[1];
}

function parameterCount(each: Route): number {
  return each.template.split('{').length;
}

export function bodyOf(json: unknown): Json {
  return isJson(json) ? json : {};
}

export const done = (): Answer => ({ status: 204 });
export const ok = (body: unknown): Answer => ({ status: 200, body });
export const created = (body: unknown): Answer => ({ status: 201, body });
