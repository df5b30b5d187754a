/** Answers with the real statuses, codes and texts. */

export interface Answer {
  readonly status: number;
  /** Undefined for an answer without a body. */
  readonly body?: unknown;
  /** Beside those that every answer has. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** 200 */
export function ok(body: unknown): Answer {
  return { status: 200, body };
}

/** 400, as the data API words it. */
export function badRequest(message: string): Answer {
  return { status: 400, body: { message } };
}

/** 422, input that is not accepted. */
export function invalid(message: string): Answer {
  return { status: 422, body: { code: 40010001, message } };
}

/** 422, input that is understood but cannot be an order. */
export function unprocessable(message: string): Answer {
  return { status: 422, body: { code: 42210000, message } };
}

/** 403, which is not about keys: the account may not do this now. */
export function forbidden(message: string, fields: Record<string, unknown> = {}): Answer {
  return { status: 403, body: { ...fields, code: 40310000, message } };
}

/** 404 */
export function notFound(message: string): Answer {
  return { status: 404, body: { code: 40410000, message } };
}

/** Wrong keys. */
export const UNAUTHORIZED: Answer = { status: 401, body: { message: 'unauthorized.' } };

/** The last 15 minutes of the consolidated tape are not in the free plan. */
export const RECENT_SIP: Answer = {
  status: 403,
  body: { message: 'subscription does not permit querying recent SIP data' },
};

/** Nothing of the consolidated tape is in the plan. */
export const NO_SIP: Answer = {
  status: 403,
  body: { message: 'subscription does not permit querying SIP data' },
};

/** No market data is in the plan. */
export const NO_ENTITLEMENT: Answer = {
  status: 403,
  body: { message: 'market data is not included in this subscription' },
};

/** Too many requests as JSON; a gateway that fails answers with a page. */
export function stormOf(status: number): Answer {
  const body = status === 429 ? { message: 'too many requests.' } : '<html>Bad Gateway</html>';
  return { status, body };
}
