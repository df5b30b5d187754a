/** The sandbox's own endpoints: its levers, and events on its account. */
import { ZodError, z } from 'zod';
import { centsFromDecimal, qtyFromDecimal, ticker } from '#core/domain/units.ts';
import type { AccountEvent } from './account-events.ts';
import { type Answer, badRequest, ok } from './answers.ts';
import { type Route, route } from './http.ts';
import type { Levers } from './levers.ts';

const money = z
  .string()
  .regex(/^\d+(\.\d{1,2})?$/)
  .transform(centsFromDecimal);
const shares = z
  .string()
  .regex(/^\d+(\.\d{1,9})?$/)
  .transform(qtyFromDecimal);
const symbol = z
  .string()
  .regex(/^[A-Z][A-Z0-9.]{0,9}$/)
  .transform(ticker);
const side = z.enum(['buy', 'sell']);
const event = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.enum(['deposit', 'withdraw', 'fee']), amount: money }),
  z.strictObject({ kind: z.literal('dividend'), ticker: symbol, perShare: money }),
  z.strictObject({ kind: z.literal('transfer'), ticker: symbol, qty: shares }),
  z.strictObject({ kind: z.literal('trade'), ticker: symbol, side, qty: shares }),
  z.strictObject({
    kind: z.literal('split'),
    ticker: symbol,
    from: z.int().positive(),
    to: z.int().positive(),
  }),
  z.strictObject({ kind: z.enum(['halt', 'resume']), ticker: symbol }),
  z.strictObject({ kind: z.literal('reject'), orderId: z.string() }),
  z.strictObject({ kind: z.enum(['block', 'unblock']) }),
]);

/** `/sandbox/levers` and `/sandbox/events`; they need no key and do not count as requests. */
export function leverRoutes(
  levers: Levers,
  apply: (event: AccountEvent) => void,
): readonly Route[] {
  return [
    route('GET', '/sandbox/levers', () => ok(levers.settings())),
    route('POST', '/sandbox/levers', ({ body }) =>
      explained(() => {
        levers.set(body);
        return ok(levers.settings());
      }),
    ),
    route('DELETE', '/sandbox/levers', () => {
      levers.reset();
      return ok(levers.settings());
    }),
    route('POST', '/sandbox/events', ({ body }) =>
      explained(() => {
        apply(event.parse(body));
        return { status: 204 };
      }),
    ),
  ];
}

function explained(work: () => Answer): Answer {
  try {
    return work();
  } catch (error) {
    if (error instanceof ZodError) return badRequest(z.prettifyError(error));
    if (error instanceof RangeError) return badRequest(error.message);
    throw error;
  }
}
