/** Alpaca's routes on the sandbox's web app. */
import { alreadySent, type LoopbackApp, type LoopbackContext } from '#sandbox/loopback-app.ts';
import { type Answer, badRequest } from './answers.ts';
import type { Fault } from './faults.ts';

/** A request as a route sees it. */
export interface Call {
  readonly query: URLSearchParams;
  /** Parsed JSON; an empty object when there was none. */
  readonly body: Readonly<Record<string, unknown>>;
  /** Values of the `:names` in the path. */
  readonly params: Readonly<Record<string, string>>;
}

/** One endpoint of the API. */
export interface Route {
  readonly method: string;
  /** `:name` matches one part of the path. */
  readonly path: string;
  readonly handle: (call: Call) => Answer;
}

const MAX_BODY = 1_000_000;
const UNKNOWN_PATH: Answer = { status: 404, body: { message: 'endpoint not found.' } };

/** Creates a route, for lists of them. */
export function route(method: string, path: string, handle: (call: Call) => Answer): Route {
  return { method, path, handle };
}

/** A handler that throws is a bug of the sandbox; the client sees Alpaca's own error. */
export function mountRoutes(app: LoopbackApp, routes: readonly Route[]): void {
  for (const { method, path, handle } of routes) {
    app.on(method, path, async (c) => {
      const body = await readBody(c);
      const query = new URL(c.req.url).searchParams;
      return responseOf(body ? handle({ query, body, params: c.req.param() }) : MALFORMED);
    });
  }
  app.notFound(() => responseOf(UNKNOWN_PATH));
  app.onError(({ message }) => responseOf({ status: 500, body: { code: 50010000, message } }));
}

/** Answer to a body that is not a JSON object, or too long. */
export const MALFORMED: Answer = badRequest('request body format is invalid');

/** The JSON object of the body, `{}` for an empty one, undefined for anything else. */
export async function readBody(c: LoopbackContext): Promise<Call['body'] | undefined> {
  const text = await c.req.text();
  if (text.length > MAX_BODY) return undefined;
  try {
    const body: unknown = text === '' ? {} : JSON.parse(text);
    const isObject = typeof body === 'object' && body !== null && !Array.isArray(body);
    return isObject ? (body as Call['body']) : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** The answer as the framework sends it; text is a gateway's page, anything else JSON. */
export function responseOf({ status, body, headers }: Answer): Response {
  const isText = typeof body === 'string';
  const text = body === undefined ? null : isText ? String(body) : JSON.stringify(body);
  const type = isText ? 'text/html' : 'application/json; charset=UTF-8';
  return new Response(text, { status, headers: { 'content-type': type, ...headers } });
}

/** Applies the fault to the answer. `answer` is undefined when none was made. */
export async function damaged(
  c: LoopbackContext,
  fault: Fault,
  answer: Response | undefined,
): Promise<Response> {
  const socket = c.env.outgoing.socket;
  if (fault.kind === 'hold') await fault.until;
  if (fault.kind === 'answer') return responseOf(fault);
  if (fault.kind === 'drop' || !answer) {
    socket?.destroy();
    return alreadySent();
  }
  if (fault.kind !== 'truncate' && fault.kind !== 'cut') return answer;
  const whole = await answer.text();
  const half = whole.slice(0, Math.ceil(whole.length / 2));
  if (fault.kind === 'truncate') return new Response(half, answer);
  const headers = { ...Object.fromEntries(answer.headers), 'content-length': `${whole.length}` };
  c.env.outgoing.writeHead(answer.status, headers).write(half);
  socket?.destroySoon();
  return alreadySent();
}
