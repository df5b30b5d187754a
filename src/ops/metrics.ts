/** Prometheus metrics, computed from journal and observation at each request; no label names an account. */
import { Counter, Gauge, Registry } from 'prom-client';
import type { AccountState, ManagedOrder } from '#core/domain/account-state.ts';
import { toDollars } from '#core/domain/units.ts';
import { costsBetween } from '#core/views/costs.ts';
import { headerView } from '#core/views/header.ts';
import { openAttempts } from '#core/views/orders.ts';
import { type HealthInputs, type Readiness, readiness } from './readiness.ts';

/** Figures that only the process itself knows. */
export interface ProcessFigures {
  readonly memoryBytes: Readonly<Record<'rss' | 'heapUsed' | 'external', number>>;
  /** Since the last request, in milliseconds. */
  readonly loopDelayMs: { readonly p50: number; readonly p99: number; readonly max: number };
  readonly heartbeats: number;
}

/** The running build, for display. */
export interface Build {
  readonly version: string;
  readonly commit: string;
}

type Labels = Readonly<Record<string, string>>;
type Value = number | undefined;
type Sample = readonly [labels: Labels, value: Value];

/** The registry of this process. */
export interface Metrics {
  /** In the text format of Prometheus. */
  text(inputs: HealthInputs, process: ProcessFigures): Promise<string>;
  readonly contentType: string;
}

/** Nothing is collected between two requests. */
export function createMetrics(build: Build): Metrics {
  const registry = new Registry();
  const gauges = new Map<string, Gauge>();
  const counters = new Map<string, Counter>();

  /** An unknown value is left out; it is never reported as zero. */
  function gauge(name: string, help: string, ...samples: readonly Sample[]): void {
    const metric = gauges.get(name) ?? new Gauge(optionsOf(name, help, samples, registry));
    gauges.set(name, metric);
    metric.reset();
    for (const [labels, value] of samples) {
      if (value === undefined) metric.remove(labels);
      else metric.set(labels, value);
    }
  }

  function counter(name: string, help: string, ...samples: readonly Sample[]): void {
    const metric = counters.get(name) ?? new Counter(optionsOf(name, help, samples, registry));
    counters.set(name, metric);
    metric.reset();
    for (const [labels, value = 0] of samples) metric.inc(labels, value);
  }

  const put = { gauge, counter };
  return {
    contentType: registry.contentType,
    async text(inputs, process) {
      gauge('rotor_build_info', 'What runs', [{ ...build, mode: inputs.seen.mode }, 1]);
      putHealth(put, inputs, readiness(inputs));
      putTrading(put, inputs.book);
      putAccount(put, inputs);
      putProcess(put, inputs, process);
      return registry.metrics();
    },
  };
}

type Put = Readonly<
  Record<'gauge' | 'counter', (name: string, help: string, ...samples: readonly Sample[]) => void>
>;

function optionsOf(name: string, help: string, samples: readonly Sample[], registry: Registry) {
  const labelNames = [...new Set(samples.flatMap(([labels]) => Object.keys(labels)))];
  return { name, help, labelNames, registers: [registry] };
}

function one(value: Value): Sample {
  return [{}, value];
}

function putHealth({ gauge }: Put, inputs: HealthInputs, { ready, reasons }: Readiness): void {
  const { seen, discord } = inputs;
  gauge('rotor_ready', '1: may trade now', one(Number(ready)));
  gauge(
    'rotor_reason_ok',
    'Each reason of /readyz',
    ...reasons.map(({ name, ok }): Sample => [{ reason: name }, Number(ok)]),
    // The metric's name in 0.1.0, kept until the next version.
    ...reasons
      .filter(({ name }) => name === 'tasks')
      .map(({ ok }): Sample => [{ reason: 'duties' }, Number(ok)]),
  );
  gauge('rotor_safe_mode', '1: answers, does not trade', one(Number(seen.safeMode !== undefined)));
  gauge('rotor_broker_up', '1: the last call was answered', one(Number(seen.broker.connected)));
  gauge('rotor_stream_up', '1: order updates are received', one(Number(seen.broker.streaming)));
  gauge('rotor_discord_up', '1: connected', one(Number(discord.connected)));
  gauge(
    'rotor_discord_lag_seconds',
    'Round trip to Discord',
    one(discord.lagMs === undefined ? undefined : discord.lagMs / 1_000),
  );
  gauge('rotor_outbox_entries', 'Journal entries not posted yet', one(discord.owed));
}

function putTrading({ gauge, counter }: Put, book: AccountState): void {
  const managedOrders = [...book.managedOrders.values()];
  const ends = [...book.rebalances.values()].map(({ result }) => result?.kind ?? 'running');
  counter(
    'rotor_rebalances_total',
    'Rebalances by how they ended',
    ...['complete', 'partial'].map((result): Sample => {
      return [{ result }, ends.filter((end) => end === result).length];
    }),
  );
  gauge(
    'rotor_rebalances_running',
    'Rebalances in progress',
    one(ends.filter((end) => end === 'running').length),
  );
  counter(
    'rotor_orders_total',
    'Orders that the broker accepted',
    ...bySide(managedOrders, ({ order }) => order !== undefined),
  );
  counter(
    'rotor_refusals_total',
    'Orders that the broker rejected',
    // An order found at the broker after its refusal still counts: a counter must not decrease.
    ...bySide(managedOrders, ({ refusal }) => refusal !== undefined),
  );
  gauge('rotor_open_orders', 'Orders that may still fill', one(openAttempts(book).length));
  const { slippageBps, fees } = costsBetween(book, 0, Number.POSITIVE_INFINITY);
  gauge(
    'rotor_slippage_bps',
    'Slippage against the decision price, all fills together; negative is a gain',
    one(slippageBps),
  );
  gauge('rotor_fees_dollars', 'Fees booked by the broker, less refunds', one(toDollars(fees)));
  const open = [...book.alerts.values()].map(({ alert }) => alert.severity);
  gauge(
    'rotor_alerts_open',
    'Open alerts by severity',
    ...['info', 'warning', 'error', 'critical'].map((severity): Sample => {
      return [{ severity }, open.filter((each) => each === severity).length];
    }),
  );
}

function bySide(
  managedOrders: readonly ManagedOrder[],
  counts: (managed: ManagedOrder) => boolean,
): readonly Sample[] {
  return (['buy', 'sell'] as const).map((side) => {
    return [
      { side },
      managedOrders.filter((managed) => managed.intent.side === side && counts(managed)).length,
    ];
  });
}

function putAccount({ gauge }: Put, { book, seen }: HealthInputs): void {
  const view = headerView(book, seen, []);
  const usd = (amount: typeof view.equity): Value => amount && toDollars(amount);
  gauge('rotor_equity_dollars', 'As reported by the broker', one(usd(view.equity)));
  gauge('rotor_cash_dollars', 'As reported by the broker', one(usd(view.cash)));
  gauge('rotor_exposure_ratio', 'Positions over equity', one(view.exposure));
  gauge('rotor_data_age_sessions', 'Age of the bars', one(view.data.ageSessions));
}

function putProcess(
  { gauge, counter }: Put,
  { activity }: HealthInputs,
  process: ProcessFigures,
): void {
  const { memoryBytes, loopDelayMs, heartbeats } = process;
  counter('rotor_cycles_total', 'Ticks of the engine', one(activity.ticks));
  counter('rotor_heartbeats_total', 'Heartbeat requests that were answered', one(heartbeats));
  gauge('rotor_uptime_seconds', 'Since the start', one(activity.upMs / 1_000));
  gauge(
    'rotor_memory_bytes',
    'Memory of the process',
    ...Object.entries(memoryBytes).map(([kind, bytes]): Sample => [{ kind }, bytes]),
  );
  gauge(
    'rotor_event_loop_delay_seconds',
    'Since the last scrape',
    ...Object.entries(loopDelayMs).map(([quantile, ms]): Sample => [{ quantile }, ms / 1_000]),
  );
}
