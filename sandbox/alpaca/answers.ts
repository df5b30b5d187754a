/** Answers with Alpaca's real statuses, codes and texts. */

export interface Answer {
  readonly status: number;
  /** Undefined for an answer without a body. */
  readonly body?: unknown;
  /** In addition to those of every answer. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** 200 */
export function ok(body: unknown): Answer {
  return { status: 200, body };
}

/** 400, in the wording of the data API. */
export function badRequest(message: string): Answer {
  return { status: 400, body: { message } };
}

/** 422, invalid input. */
export function invalid(message: string): Answer {
  return { status: 422, body: { code: 40010001, message } };
}

/** 422, valid input that cannot be an order. */
export function unprocessable(message: string): Answer {
  return { status: 422, body: { code: 42210000, message } };
}

/** 403, not because of the keys: the account may not do this now. */
export function forbidden(message: string, fields: Record<string, unknown> = {}): Answer {
  return { status: 403, body: { ...fields, code: 40310000, message } };
}

/** 404 */
export function notFound(message: string): Answer {
  return { status: 404, body: { code: 40410000, message } };
}

/** Wrong keys. */
export const UNAUTHORIZED: Answer = { status: 401, body: { message: 'unauthorized.' } };

/** The free plan excludes the last 15 minutes of the consolidated tape. */
export const RECENT_SIP: Answer = {
  status: 403,
  body: { message: 'subscription does not permit querying recent SIP data' },
};

/** The plan excludes the consolidated tape. */
export const NO_SIP: Answer = {
  status: 403,
  body: { message: 'subscription does not permit querying SIP data' },
};

/** The plan excludes market data. */
export const NO_ENTITLEMENT: Answer = {
  status: 403,
  body: { message: 'market data is not included in this subscription' },
};

/** Too many requests as JSON; a failing gateway answers with an HTML page. */
export function stormOf(status: number): Answer {
  const body = status === 429 ? { message: 'too many requests.' } : '<html>Bad Gateway</html>';
  return { status, body };
}
