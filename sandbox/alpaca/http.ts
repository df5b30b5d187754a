/** Requests in, answers out; the only place of the sandbox that knows node:http. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Answer } from './answers.ts';
import type { Fault } from './faults.ts';

export interface Call {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  /** Parsed JSON; an empty object when there was none. */
  readonly body: Readonly<Record<string, unknown>>;
  /** What the route's pattern caught. */
  readonly parts: readonly string[];
}

export interface Route {
  readonly method: string;
  readonly pattern: RegExp;
  readonly handle: (call: Call) => Answer;
}

const LARGEST_BODY = 1_000_000;

export const UNKNOWN_PATH: Answer = { status: 404, body: { message: 'endpoint not found.' } };

export function route(method: string, path: string, handle: (call: Call) => Answer): Route {
  const pattern = new RegExp(`^${path.replaceAll('.', '\\.').replaceAll('{}', '([^/]+)')}$`);
  return { method, pattern, handle };
}

export function answerOf(routes: readonly Route[], call: Omit<Call, 'parts'>): Answer {
  for (const { method, pattern, handle } of routes) {
    const match = method === call.method ? pattern.exec(call.path) : null;
    if (match) return handle({ ...call, parts: match.slice(1).map(decodeURIComponent) });
  }
  return UNKNOWN_PATH;
}

/** @throws RangeError when the body is too long, SyntaxError when it is no JSON. */
export async function readBody(
  request: IncomingMessage,
): Promise<Readonly<Record<string, unknown>>> {
  let text = '';
  for await (const chunk of request.setEncoding('utf8')) {
    text += chunk;
    if (text.length > LARGEST_BODY) throw new RangeError('sandbox: the body is too long');
  }
  const body: unknown = text === '' ? {} : JSON.parse(text);
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    throw new SyntaxError('sandbox: expected a JSON object');
  }
  return body as Readonly<Record<string, unknown>>;
}

/** Sends the answer, damaged as the fault says. */
export function send(
  response: ServerResponse,
  answer: Answer,
  requestId: string,
  fault?: Fault,
): void {
  const isText = typeof answer.body === 'string';
  const whole =
    answer.body === undefined ? '' : isText ? String(answer.body) : JSON.stringify(answer.body);
  const text = fault?.kind === 'truncate' ? whole.slice(0, Math.ceil(whole.length / 2)) : whole;
  response.writeHead(answer.status, {
    'content-type': isText ? 'text/html' : 'application/json; charset=UTF-8',
    'content-length': Buffer.byteLength(text),
    'x-request-id': requestId,
    'x-ratelimit-limit': '200',
    'x-ratelimit-remaining': '199',
    ...answer.headers,
  });
  if (fault?.kind === 'cut') {
    response.write(text.slice(0, Math.ceil(text.length / 2)));
    response.socket?.destroySoon();
    return;
  }
  response.end(text);
}
