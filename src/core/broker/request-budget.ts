/**
 * The broker limits requests per minute, over all programs that use the account's keys. Requests are
 * counted here before they are sent: orders and cancels first, then reads, histories last.
 */
import { TradingError } from '../errors.ts';

/** The clock for counting requests: the machine's, or the market's while that runs faster. */
export interface RequestClock {
  /** Milliseconds since a fixed instant; monotonic. */
  now(): number;
  /** Calls back once after about that many of its milliseconds; the result cancels. */
  after(delayMs: number, wake: () => void): () => void;
}

/** `order` changes something at the broker; `history` can wait for everything else. */
export type Priority = 'order' | 'read' | 'history';

const PRIORITIES: readonly Priority[] = ['order', 'read', 'history'];

/** Request limits of a host. */
export interface BudgetLimits {
  /** Requests in any minute, all priorities together. */
  readonly perMinute: number;
  /** Reads that may be sent at once after a quiet minute. */
  readonly burst: number;
  /** Reads allowed per minute. With `burst` below `perMinute`, the rest is reserved for orders. */
  readonly readsPerMinute: number;
}

/** At most 150 reads and 40 orders a minute; ten of the broker's 200 are left to other programs. */
export const TRADING_BUDGET: BudgetLimits = { perMinute: 190, burst: 60, readsPerMinute: 90 };

/** The data host has its own limit and takes no orders. */
export const DATA_BUDGET: BudgetLimits = { perMinute: 190, burst: 100, readsPerMinute: 90 };

/** The queue for one host: orders and cancels first, then reads, then history. */
export interface RequestBudget {
  /**
   * Resolves when the request may be sent; call the result when the broker has answered.
   * @throws TradingError `retry`, with nothing sent, for an order that could not be sent within two seconds
   * (its price would be stale) and for a read behind too many others; the signal's reason.
   */
  turn(rank: Priority, signal?: AbortSignal | null): Promise<() => void>;
  /** Updates the budget from the rate limit headers of an answer. */
  heard(answer: Pick<Response, 'status' | 'headers'>): void;
}

const MINUTE_MS = 60_000;
/** Real milliseconds: an order was checked against current prices. */
const ORDER_WAIT_MS = 2_000;
/** Any more reads would wait for minutes. */
const MAX_QUEUE = 300;
/** Maximum number of concurrent reads; orders are not counted. */
const READS_UNDER_WAY = 8;
/** With fewer requests left than this, other programs use the account too: the rest is kept for orders. */
const RESERVED_FOR_ORDERS = 20;
/** Used where the broker rejects a request without a delay. */
const DEFAULT_RETRY_MS = 1_000;

/** Dependencies of createRequestBudget. */
export interface RequestBudgetParts {
  readonly limits: BudgetLimits;
  readonly clock: RequestClock;
  /** Real time, for the maximum delay of an order. */
  readonly timers: { after(delayMs: number, wake: () => void): () => void };
}

/** One for each host; every request to the host goes through it. */
export function createRequestBudget({ limits, clock, timers }: RequestBudgetParts): RequestBudget {
  const queues: Readonly<Record<Priority, Queue>> = { order: [], read: [], history: [] };
  const allowance = createAllowance(limits, clock);
  let cancelWake = (): void => undefined;

  function send(): void {
    cancelWake();
    const now = clock.now();
    allowance.refill(now);
    for (const rank of PRIORITIES) {
      const wait = serve(rank, now);
      if (wait === undefined) return;
      if (wait > 0) {
        cancelWake = clock.after(Math.ceil(wait), send);
        return;
      }
    }
  }

  /** Releases the requests that may be sent; 0 when none of that priority is waiting. */
  function serve(rank: Priority, now: number): number | undefined {
    for (;;) {
      const next = queues[rank][0];
      if (!next) return 0;
      const wait = allowance.waitOf(rank, now);
      if (wait !== 0) return wait;
      queues[rank].shift();
      allowance.take(rank, now);
      next.leave();
    }
  }

  function done(rank: Priority): () => void {
    let open = rank !== 'order';
    return () => {
      if (!open) return;
      open = false;
      allowance.answered();
      send();
    };
  }

  return {
    turn: (rank, signal) => {
      const queue = queues[rank];
      if (rank !== 'order' && queue.length >= MAX_QUEUE) return Promise.reject(tooMany());
      const limit = rank === 'order' ? timers : undefined;
      const left = waitInQueue({ queue, pass: done(rank), signal, limit });
      send();
      return left;
    },
    heard: allowance.heard,
  };
}

type Queue = { readonly leave: () => void }[];

interface QueuedRequest<T> {
  readonly queue: Queue;
  /** Value passed when it is released. */
  readonly pass: T;
  readonly signal: AbortSignal | null | undefined;
  /** Only an order has a maximum wait of two seconds. */
  readonly limit: RequestBudgetParts['timers'] | undefined;
}

/** Waits in the queue until it may be sent, times out or is aborted. */
function waitInQueue<T>({ queue, pass, signal, limit }: QueuedRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(signal.reason);
    const end = (): void => {
      cancelTimer?.();
      signal?.removeEventListener('abort', abort);
    };
    const waiting = {
      leave: () => {
        end();
        resolve(pass);
      },
    };
    const giveUp = (reason: unknown): void => {
      end();
      const index = queue.indexOf(waiting);
      if (index >= 0) queue.splice(index, 1);
      reject(reason);
    };
    const abort = (): void => giveUp(signal?.reason);
    const cancelTimer = limit?.after(ORDER_WAIT_MS, () => giveUp(tooMany()));
    signal?.addEventListener('abort', abort, { once: true });
    queue.push(waiting);
  });
}

interface Allowance {
  /** Adds the allowance for the elapsed time. */
  refill(now: number): void;
  /**
   * Time until the next of that priority may be sent; 0 for now, undefined when an answer must come first.
   */
  waitOf(rank: Priority, now: number): number | undefined;
  take(rank: Priority, now: number): void;
  /** A read has been answered. */
  answered(): void;
  heard: RequestBudget['heard'];
}

/** When requests may be sent, by our own count and by the broker's. */
function createAllowance(limits: BudgetLimits, clock: RequestClock): Allowance {
  /** When each request of the last minute was sent, oldest first. */
  let left: number[] = [];
  let reads = limits.burst;
  let countedAt = clock.now();
  let underWay = 0;
  const heldUntil = { order: 0, read: 0 };
  return {
    refill: (now) => {
      left = left.filter((at) => now - at < MINUTE_MS);
      const since = now - countedAt;
      reads = Math.min(limits.burst, reads + (since * limits.readsPerMinute) / MINUTE_MS);
      countedAt = now;
    },
    waitOf: (rank, now) => {
      const oldest = left[0];
      const whole =
        left.length < limits.perMinute || oldest === undefined ? 0 : oldest + MINUTE_MS - now;
      if (rank === 'order') return Math.max(whole, heldUntil.order - now, 0);
      if (underWay >= READS_UNDER_WAY) return undefined;
      const refill = ((1 - reads) * MINUTE_MS) / limits.readsPerMinute;
      return Math.max(whole, heldUntil.read - now, reads >= 1 ? 0 : refill, 0);
    },
    take: (rank, now) => {
      left.push(now);
      if (rank === 'order') return;
      reads -= 1;
      underWay += 1;
    },
    answered: () => {
      underWay -= 1;
    },
    heard: ({ status, headers }) => {
      const now = clock.now();
      const remaining = numberIn(headers, 'x-ratelimit-remaining');
      if (status === 429) {
        const until = now + (waitIn(headers) ?? DEFAULT_RETRY_MS);
        heldUntil.order = Math.max(heldUntil.order, until);
        heldUntil.read = Math.max(heldUntil.read, until);
      } else if (remaining !== undefined && remaining < RESERVED_FOR_ORDERS) {
        heldUntil.read = Math.max(heldUntil.read, now + (resetIn(headers) ?? DEFAULT_RETRY_MS));
      }
    },
  };
}

function tooMany(): TradingError {
  return new TradingError(
    'Alpaca: the requests of this minute are used up; nothing was sent',
    'retry',
  );
}

/** Milliseconds requested by a rejection, at most a minute: the broker's counting period. */
function waitIn(headers: Headers): number | undefined {
  const seconds = numberIn(headers, 'retry-after');
  if (seconds !== undefined) return Math.min(seconds * 1000, MINUTE_MS);
  return untilOf(headers, Date.parse(headers.get('retry-after') ?? '')) ?? resetIn(headers);
}

/** Time until the broker's next period, by the broker's own clock: ours may differ. */
function resetIn(headers: Headers): number | undefined {
  const reset = numberIn(headers, 'x-ratelimit-reset');
  return reset === undefined ? undefined : untilOf(headers, reset * 1000);
}

function untilOf(headers: Headers, at: number): number | undefined {
  const wait = at - Date.parse(headers.get('date') ?? '');
  return Number.isNaN(wait) ? undefined : Math.min(Math.max(0, wait), MINUTE_MS);
}

function numberIn(headers: Headers, name: string): number | undefined {
  const text = headers.get(name);
  const value = text === null || text.trim() === '' ? Number.NaN : Number(text);
  return Number.isFinite(value) && value >= 0 ? value : undefined;
}
