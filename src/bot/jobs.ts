/**
 * The bot's timed jobs: the connection first, then the dashboard and the news; and the shutdown messages.
 */
import type { Clock, Log } from '#core/ports.ts';
import { runLoop, tryOnce } from './loop.ts';
import { createSerialQueue } from './messages/serial-queue.ts';

/** Jobs that run over one connection. */
export interface Jobs {
  readonly gateway: { readonly destroy: () => Promise<void> };
  readonly dashboard: {
    readonly refresh: () => Promise<void>;
    readonly offline: (reason: string) => Promise<void>;
    readonly close: () => void;
  };
  readonly outbox: { readonly tell: () => Promise<void> };
  readonly openCards: { readonly run: () => Promise<void> };
  readonly approvalCalls: { readonly run: () => Promise<void> };
  readonly escalation: { readonly run: () => Promise<void> };
  readonly quietHoursDigest: { readonly run: () => Promise<void> };
}

/** Dependencies of runJobs. */
export interface RunParts {
  /** Connects; retried until it succeeds. */
  readonly open: () => Promise<Jobs>;
  /** Registers the commands on the connected server, where due. */
  readonly publish: () => Promise<void>;
  /** Sends a request after a quiet period, so that a ban is noticed even when nothing is sent. */
  readonly probe: () => Promise<void>;
  /** Wall clock. */
  readonly wall: Clock;
  readonly log: Log;
  readonly signal: AbortSignal;
  /** Called after each run of a loop: why it failed, or undefined when it succeeded. */
  readonly onResult: (name: string, problem: string | undefined) => void;
  /** Called when the first update of the dashboard succeeded or failed. */
  readonly onPosted?: (() => void) | undefined;
}

const DELIVER_EVERY_MS = 1_000;
const DASHBOARD_EVERY_MS = 500;
const CONNECT_EVERY_MS = 1_000;
const CARDS_EVERY_MS = 5_000;
const ALERTS_EVERY_MS = 5_000;
const PROBE_EVERY_MS = 15_000;
const FIRST_MS = 20_000;
/** Each shutdown step has this limit; together they take at most six seconds. */
export const FINISHING_MS = 1_000;
const ANSWERS_MS = 1_000;
const NEWS_MS = 1_500;
const OFFLINE_MS = 2_500;

/** Resolves when the signal is aborted. A failed job is retried and never delays the others. */
export async function runJobs(parts: RunParts): Promise<void> {
  const { wall, log, signal } = parts;
  const session = await untilDone(parts, 'Discord', CONNECT_EVERY_MS, parts.open);
  if (!session || signal.aborted) return;
  const { dashboard, outbox, openCards, escalation, approvalCalls, quietHoursDigest } = session;
  const inOrder = createSerialQueue();
  const publish = (): Promise<void> => inOrder(parts.publish);
  await tryOnce({ wall, log, name: 'desk', task: dashboard.refresh }, FIRST_MS);
  parts.onPosted?.();
  await tryOnce({ wall, log, name: 'commands', task: publish }, FIRST_MS);
  log.info('Discord: ready');
  const loop = (name: string, task: () => Promise<void>, everyMs: number): Promise<void> =>
    runLoop({ name, task, everyMs, wall, log, signal, onResult: resultOf(parts, name) });
  await Promise.all([
    loop('commands', publish, CONNECT_EVERY_MS),
    loop('probe', parts.probe, PROBE_EVERY_MS),
    loop('desk', dashboard.refresh, DASHBOARD_EVERY_MS),
    loop('outbox', outbox.tell, DELIVER_EVERY_MS),
    loop('cards', openCards.run, CARDS_EVERY_MS),
    loop('calls', escalation.run, ALERTS_EVERY_MS),
    loop('approvals', approvalCalls.run, ALERTS_EVERY_MS),
    loop('held back', quietHoursDigest.run, ALERTS_EVERY_MS),
  ]);
}

/** The result, or undefined when everything was stopped before it succeeded. */
async function untilDone<T>(
  parts: RunParts,
  name: string,
  everyMs: number,
  act: () => Promise<T>,
): Promise<T | undefined> {
  const { wall, log } = parts;
  const done = new AbortController();
  const signal = AbortSignal.any([parts.signal, done.signal]);
  let given: T | undefined;
  const task = async (): Promise<void> => {
    given = await act();
    done.abort();
  };
  await runLoop({ name, task, everyMs, wall, log, signal, onResult: resultOf(parts, name) });
  return given;
}

function resultOf({ onResult }: RunParts, name: string): (problem: string | undefined) => void {
  return (problem) => onResult(name, problem);
}

/** Dependencies of sendGoodbye. */
export interface GoodbyeParts {
  readonly wall: Clock;
  readonly log: Log;
  /** Resolves when no answer is pending. */
  readonly idle: () => Promise<void>;
  readonly reason: string;
}

/** Answers open interactions, delivers pending messages, and marks the dashboard as offline. */
export async function sendGoodbye(session: Jobs, parts: GoodbyeParts): Promise<void> {
  const { gateway, dashboard, outbox } = session;
  const { wall, log, idle, reason } = parts;
  const last = async (name: string, task: () => Promise<void>, limitMs: number): Promise<void> =>
    tryOnce({ wall, log, name, task }, limitMs);
  dashboard.close();
  await last('interactions', idle, ANSWERS_MS);
  await last('outbox', outbox.tell, NEWS_MS);
  await last('desk', () => dashboard.offline(reason), OFFLINE_MS);
  await gateway.destroy();
}
