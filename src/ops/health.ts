/** Health as a whole: the server with its three answers, and the dead man's switch. */
import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { Log } from '#core/ports.ts';
import { openAttempts } from '#core/views/orders.ts';
import { createListening } from '#ops/listening.ts';
import { askOnce, createDeadMan, type DeadMan } from './dead-mans-switch.ts';
import { type HealthAnswer, json, plain, startHealthServer } from './health-server.ts';
import { type Build, createMetrics, type ProcessVitals } from './metrics.ts';
import { isWell, liveness, readiness, type Vitals } from './readiness.ts';

export interface HealthParts {
  readonly config: {
    /** Undefined: no server. */
    readonly port: number | undefined;
    readonly host: string;
    readonly heartbeatUrl: string | undefined;
  };
  readonly build: Build;
  readonly vitals: () => Vitals;
  /** Milliseconds that only go forward. */
  readonly now: () => number;
  /** Takes every secret out of a text. */
  readonly scrub: (text: string) => string;
  readonly log: Log;
}

export interface Health {
  readonly deadMan: DeadMan;
  /** Tries a port again that was taken, less and less often. */
  again(): Promise<void>;
  close(): Promise<void>;
}

const LOOP_RESOLUTION_MS = 20;
const NS_PER_MS = 1e6;

/** A port that is taken is said once, and tried again: a desk that trades is worth more than one that is asked. */
export async function startHealth(parts: HealthParts): Promise<Health> {
  const { config, vitals, log, scrub } = parts;
  const loop = monitorEventLoopDelay({ resolution: LOOP_RESOLUTION_MS });
  loop.enable();
  const deadMan = createDeadMan({
    url: config.heartbeatUrl,
    isWell: () => isWell(vitals()),
    ask: askOnce,
    report: log.warn,
  });
  const metrics = createMetrics(parts.build);
  const answers = {
    '/healthz': () => aliveAnswer(vitals()),
    '/readyz': () => readyAnswer(vitals(), parts.build),
    '/metrics': async () => ({
      status: 200,
      type: metrics.contentType,
      body: await metrics.text(vitals(), { ...processVitals(loop), heartbeats: deadMan.sent() }),
    }),
  };
  const { host, port } = config;
  const listening = createListening({
    host,
    port,
    listen: (wanted) => startHealthServer({ host, port: wanted, answers, scrub }),
    now: parts.now,
    log,
  });
  await listening.again();
  return {
    deadMan,
    again: listening.again,
    async close() {
      loop.disable();
      await listening.close();
    },
  };
}

function aliveAnswer({ pulse }: Vitals): HealthAnswer {
  const { alive, detail } = liveness(pulse);
  return plain(alive ? 200 : 503, `${alive ? 'alive' : 'stuck'}: ${detail}`);
}

function readyAnswer(vitals: Vitals, { version, commit }: Build): HealthAnswer {
  const { ready, reasons } = readiness(vitals);
  const { mode } = vitals.seen;
  const openOrders = openAttempts(vitals.book).length;
  return json(ready ? 200 : 503, { ready, reasons, mode, version, commit, openOrders });
}

function processVitals(
  loop: ReturnType<typeof monitorEventLoopDelay>,
): Omit<ProcessVitals, 'heartbeats'> {
  const { rss, heapUsed, external } = process.memoryUsage();
  const [p50, p99, max] = [loop.percentile(50), loop.percentile(99), loop.max].map((ns) =>
    Math.max(0, ns / NS_PER_MS - LOOP_RESOLUTION_MS),
  ) as [number, number, number];
  loop.reset();
  return { memoryBytes: { rss, heapUsed, external }, loopDelayMs: { p50, p99, max } };
}
