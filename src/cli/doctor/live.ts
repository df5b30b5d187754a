/**
 * The live test: one message and one order on the user's own server and paper account, each step compared
 * with the sandbox's answers. Both are removed again, whatever happens.
 */
import type { Alpaca } from '@alpacahq/alpaca-trade-api';
import type { Channel, Message } from '#bot/discord/channel.ts';
import { embed } from '#bot/post.ts';
import { ask, find } from '#core/broker/ask.ts';
import { createAlpacaClient, modeOf } from '#core/broker/client.ts';
import { order } from '#core/broker/order-rows.ts';
import type { Mode } from '#core/domain/account.ts';
import { isFinal, type Order } from '#core/domain/order.ts';
import { UNIVERSE } from '#core/domain/universe.ts';
import type { Log } from '#core/ports.ts';
import type { Config } from '#src/config/types.ts';
import { type Check, fail, pass, reasonOf } from './check.ts';
import { withGateway } from './discord.ts';

const REPORT = 'The sandbox does not do this: please report this line.';
const STILL_OPEN =
  'Alpaca may take hours over it on paper. Look at Orders on its page later: a day order ends with its session.';
const CANCEL_TRIES = 50;
const CANCEL_WAIT_MS = 200;
/** Fraction of the last price; no one sells there. */
const FAR_PRICE_SHARE = 0.5;

/** Dependencies of liveChecks. */
export interface LiveParts {
  readonly config: Config;
  readonly log: Log;
  /** Makes the names of order and message unique to this run. */
  readonly run: string;
  readonly wait: (ms: number) => Promise<void>;
}

/** An order whose cancellation Alpaca has accepted and not carried out yet. */
class StillOpen extends Error {}

/** Checks every service for which the configuration is valid. */
export async function liveChecks(parts: LiveParts): Promise<readonly Check[]> {
  return [...(await messageChecks(parts)), ...(await orderChecks(parts))];
}

async function messageChecks({ config, log, run }: LiveParts): Promise<readonly Check[]> {
  const mode = modeOf(config.alpaca.apiBase);
  try {
    return await withGateway(config.discord, log, async ({ channel }) => {
      const checks: Check[] = [];
      const step = stepsInto(checks);
      const id = await step('live: post', () => channel.send(message(mode, run, 'posted'), run));
      if (id === undefined) return checks;
      try {
        await messageSteps(channel, id, mode, run, step);
      } finally {
        await step('live: remove', () => removed(channel, id));
      }
      return checks;
    });
  } catch (error) {
    return [fail('live: sign in', reasonOf(error), REPORT)];
  }
}

async function messageSteps(
  channel: Channel,
  id: string,
  mode: Mode,
  run: string,
  step: Step,
): Promise<void> {
  await step('live: post again', async () => {
    const again = await channel.send(message(mode, run, 'posted'), run);
    if (again === id) return 'the nonce gave the same message';
    await channel.remove(again);
    throw new Error('the same nonce made a second message');
  });
  await step('live: edit', () => channel.edit(id, message(mode, run, 'edited')));
  await step('live: attach', () =>
    channel.edit(id, {
      ...message(mode, run, 'with a file'),
      documents: [{ name: 'doctor.txt', text: 'Rotor doctor\n' }],
    }),
  );
  await step('live: pin', async () => {
    await channel.pin(id);
    if ((await channel.find(id))?.pinned !== true) throw new Error('it is not pinned');
    return 'Discord’s own notice about it stays in the channel';
  });
}

async function removed(channel: Channel, id: string): Promise<void> {
  await channel.remove(id);
  if ((await channel.find(id)) !== undefined) throw new Error('it is still there');
}

function message(mode: Mode, run: string, state: string): Message {
  const body = `rotor doctor --live, ${state}. This message deletes itself.`;
  const whole = embed({ mode, title: 'Rotor doctor', body, note: run });
  return { content: '', embeds: [whole], components: [], file: undefined, mention: undefined };
}

/** Only where no real money is at stake. */
async function orderChecks({ config, run, wait }: LiveParts): Promise<readonly Check[]> {
  const { alpaca: account } = config;
  if (modeOf(account.apiBase) === 'LIVE') {
    return [pass('live: order', 'skipped: this is a live account; the check needs a paper one')];
  }
  const alpaca = createAlpacaClient({ ...account, secret: account.secretKey });
  const checks: Check[] = [];
  const step = stepsInto(checks);
  const placed = await step('live: order', () => place(alpaca, run), shown);
  if (!placed) {
    // The order may have arrived even though its answer was lost.
    await step('live: take back', () => takenBack(alpaca, `doctor-${run}`, wait));
    return checks;
  }
  await step('live: look up', () => lookUp(alpaca, placed.clientOrderId), shown);
  await step('live: cancel', () => cancelled(alpaca, placed, wait), shown);
  return checks;
}

function shown({ brokerStatus, ticker }: Order): string {
  return `${ticker}, ${brokerStatus}`;
}

async function place(alpaca: Alpaca, run: string): Promise<Order> {
  const symbol = UNIVERSE.benchmark.ticker;
  const { raw } = await alpaca.marketData.stocks.stockLatestTradesRaw({
    symbols: symbol,
    feed: 'iex',
  });
  const price = priceIn(await raw.json(), symbol);
  const taken = await ask(
    'Alpaca order',
    () =>
      alpaca.trading.orders.postOrderRaw({
        postOrderRequest: {
          symbol,
          side: 'buy',
          type: 'limit',
          timeInForce: 'day',
          qty: '1',
          limitPrice: (price * FAR_PRICE_SHARE).toFixed(2),
          // Not Rotor's prefix: a running Rotor must not take it for its own order.
          clientOrderId: `doctor-${run}`,
        },
      }),
    order,
  );
  if (isFinal(taken)) throw new Error(`expected it to rest, found ${taken.brokerStatus}`);
  return taken;
}

function priceIn(body: unknown, symbol: string): number {
  const trades = (body as { trades?: Record<string, { p?: unknown }> } | undefined)?.trades;
  const price = Number(trades?.[symbol]?.p);
  if (price > 0) return price;
  throw new Error(`${symbol}: expected the price of the latest trade, found none`);
}

function lookUp(alpaca: Alpaca, clientOrderId: string): Promise<Order> {
  return ask(
    `Alpaca order ${clientOrderId}`,
    () => alpaca.trading.orders.getOrderByClientOrderIdRaw({ clientOrderId }),
    order,
  );
}

async function cancelled(
  alpaca: Alpaca,
  { id: orderId, clientOrderId }: Order,
  wait: LiveParts['wait'],
): Promise<Order> {
  const answer = await alpaca.trading.orders.deleteOrderByOrderIDRaw({ orderId });
  await answer.value();
  for (let tries = 0; ; tries++) {
    const found = await lookUp(alpaca, clientOrderId);
    if (found.status === 'canceled') return found;
    const reason = `expected canceled, found ${found.brokerStatus}`;
    if (isFinal(found)) throw new Error(reason);
    if (tries >= CANCEL_TRIES) throw new StillOpen(reason);
    await wait(CANCEL_WAIT_MS);
  }
}

async function takenBack(
  alpaca: Alpaca,
  clientOrderId: string,
  wait: LiveParts['wait'],
): Promise<string> {
  const found = await find(
    `Alpaca order ${clientOrderId}`,
    () => alpaca.trading.orders.getOrderByClientOrderIdRaw({ clientOrderId }),
    order,
  );
  if (!found) return 'no such order is there';
  if (isFinal(found)) return found.brokerStatus;
  return shown(await cancelled(alpaca, found, wait));
}

type Step = <T>(
  name: string,
  act: () => Promise<T>,
  show?: (value: T) => string,
) => Promise<T | undefined>;

/** One step, one line; returns undefined when it behaved differently from the sandbox. */
function stepsInto(checks: Check[]): Step {
  return async (
    name,
    act,
    show = (value) => (typeof value === 'string' ? value : 'as expected'),
  ) => {
    try {
      const value = await act();
      checks.push(pass(name, show(value)));
      return value;
    } catch (error) {
      checks.push(fail(name, reasonOf(error), error instanceof StillOpen ? STILL_OPEN : REPORT));
      return undefined;
    }
  };
}
