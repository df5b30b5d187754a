/** A single broker call: its answer parsed, every failure a `TradingError` with a readable message. */
import { ApiError, FetchError } from '@alpacahq/alpaca-trade-api';
import type { z } from 'zod';
import { TradingError, UnreadableAnswer } from '../errors.ts';

/** A call of one of the SDK's `…Raw` methods: the response before the SDK's own, lenient mapping. */
export type Call = () => Promise<{ readonly raw: Response }>;

/**
 * @param what names the request in every error, such as `Alpaca account`.
 * @throws TradingError `retry` when there is no usable answer, `fix-config` when the keys are not accepted.
 * The original error is not attached: it contains the request.
 */
export async function ask<T extends z.ZodType>(
  what: string,
  call: Call,
  shape: T,
  asError = asTradingError,
): Promise<z.output<T>> {
  return parse(what, await askJson(what, call, asError), shape);
}

/** Like `ask`; undefined when the broker does not know the resource. */
export async function find<T extends z.ZodType>(
  what: string,
  call: Call,
  shape: T,
): Promise<z.output<T> | undefined> {
  try {
    const { raw } = await call();
    return parse(what, await raw.json(), shape);
  } catch (error) {
    if (error instanceof ApiError && error.status === 404) return undefined;
    throw asTradingError(what, error);
  }
}

/**
 * Like `ask`, but returns the answer unparsed.
 * @throws TradingError as created by `asError`.
 */
export async function askJson(
  what: string,
  call: Call,
  asError = asTradingError,
): Promise<unknown> {
  try {
    const { raw } = await call();
    return await raw.json();
  } catch (error) {
    throw asError(what, error);
  }
}

/** @throws UnreadableAnswer with the first field that is not as expected. */
export function parse<T extends z.ZodType>(what: string, body: unknown, shape: T): z.output<T> {
  const result = shape.safeParse(body);
  if (result.success) return result.data;
  throw new UnreadableAnswer(`${what}: the answer could not be read: ${faultOf(result.error)}`);
}

/** `0.qty: expected …`, without the value found. */
export function faultOf(error: z.ZodError): string {
  const issue = error.issues[0];
  const field = issue?.path.join('.');
  return `${field ? `field ${field}` : 'the answer'}: ${issue?.message ?? 'is not as expected'}`;
}

/** Any failure of a call as a TradingError: `fix-config` when the keys are not accepted, else `retry`. */
export function asTradingError(what: string, error: unknown): TradingError {
  const own = ownError(error);
  if (own) return own;
  const keys = error instanceof ApiError && areKeys(error);
  return new TradingError(`${what}: ${inWords(error)}`, keys ? 'fix-config' : 'retry');
}

/** A 403 of the market data API is about the subscription plan; the account itself still works. */
export function asDataError(what: string, error: unknown): TradingError {
  const isPlan = error instanceof ApiError && error.status === 403;
  return isPlan
    ? new TradingError(`${what}: ${inWords(error)}`, 'retry')
    : asTradingError(what, error);
}

/**
 * Whether the answer is about the keys. A 403 with a code of its own is about the request: buying power, a
 * wash trade. One that is not the broker's JSON is from a gateway, and may pass.
 */
export function areKeys(error: ApiError): boolean {
  if (error.status === 401) return true;
  return error.status === 403 && error.code === undefined && reasonOf(error) !== undefined;
}

/** One of our own errors that passed through the SDK, such as the host guard's. */
export function ownError(error: unknown): TradingError | undefined {
  if (error instanceof TradingError) return error;
  return error instanceof FetchError ? ownError(error.cause) : undefined;
}

/** The reason of a failed call, for display; never the body of a page and never a secret. */
export function inWords(error: unknown): string {
  if (error instanceof ApiError) return answerInWords(error);
  if (error instanceof FetchError) return networkInWords(error.cause);
  // The timeout can strike while the answer's body is read, where the SDK does not translate it.
  if (isTimeout(error)) return 'no answer in time';
  if (error instanceof SyntaxError) return 'the answer is cut off or no JSON';
  return 'the answer broke off';
}

function answerInWords(error: ApiError): string {
  switch (error.status) {
    case 401:
      return 'the keys are not accepted (401)';
    case 429:
      return 'too many requests (429)';
    default: {
      const said = reasonOf(error);
      return said === undefined ? `answered ${error.status}` : `${said} (${error.status})`;
    }
  }
}

/** The broker's own message; undefined when the answer is not the broker's JSON. */
export function reasonOf(error: ApiError): string | undefined {
  const type = error.response.headers.get('content-type') ?? '';
  const isJson = error.code !== undefined || type.includes('json');
  const text = error.message.trim().replaceAll(/\s+/g, ' ');
  if (!isJson || text === '' || text.startsWith('Response returned an error code'))
    return undefined;
  return text.slice(0, 300);
}

function networkInWords(cause: unknown): string {
  if (isTimeout(cause)) return 'no answer in time';
  const code = codeOf(cause) ?? codeOf((cause as { cause?: unknown } | undefined)?.cause);
  return code === undefined ? 'the connection failed' : `the connection failed (${code})`;
}

function isTimeout(error: unknown): boolean {
  return error instanceof Error && (error.name === 'TimeoutError' || error.name === 'AbortError');
}

function codeOf(error: unknown): string | undefined {
  const code = (error as { code?: unknown } | undefined)?.code;
  return typeof code === 'string' && /^[A-Z_]+$/.test(code) ? code : undefined;
}
