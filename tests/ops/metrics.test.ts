import { describe, expect, it } from 'vitest';
import type { Entry } from '#core/domain/entry.ts';
import { dollars, wholeShares } from '#core/domain/units.ts';
import { createMetrics } from '#ops/metrics.ts';
import { decision, intent } from '#tests/support/decision.ts';
import { account, book, carriedOut, NOW, NUMBER, observation } from '#tests/support/desk.ts';

function fee(id: string, usd: number): Entry {
  const moved = { ticker: undefined, qty: wholeShares(0), cash: dollars(-usd), at: NOW };
  return { kind: 'activity', activity: { id, kind: 'fee', ...moved } };
}

/** An order that is refused and found all the same, and a fee that is given back in part. */
function troubledRebalance(): readonly Entry[] {
  const buy = intent('initial-2026-11-10', 'buy', 'XLK', 3);
  const { clientOrderId } = buy;
  const entries = carriedOut(decision({ orders: [buy] }));
  return [
    ...entries.slice(0, 3),
    { kind: 'refused', clientOrderId, reason: 'no answer' },
    ...entries.slice(3, -1),
    fee('f1', 0.5),
    fee('f2', -0.2),
    ...entries.slice(-1),
  ];
}

describe('the metrics', () => {
  const process = {
    memoryBytes: { rss: 1, heapUsed: 2, external: 3 },
    loopDelayMs: { p50: 1, p99: 2, max: 3 },
    heartbeats: 4,
  };
  const activity = {
    upMs: 1_000,
    intervalMs: 15_000,
    ticks: 7,
    tickMs: 1,
    refreshMs: 1,
    workMs: undefined,
    answerMs: 1,
    renewMs: 1,
    renewProblem: undefined,
  };
  const discord = { connected: true, lagMs: 50, owed: 3, missing: [], problem: undefined };
  const inputs = {
    book: book([]),
    seen: observation({ account: account(123_456) }),
    doubt: undefined,
    comparedAt: undefined,
    discord,
    activity,
  };
  const metrics = createMetrics({ version: '1.2.3', commit: 'abc' });

  it('show Rotor’s state in Prometheus format, the same on each request', async () => {
    const text = await metrics.text(inputs, process);
    for (const line of [
      'rotor_build_info{version="1.2.3",commit="abc",mode="SANDBOX"} 1',
      'rotor_ready 0',
      'rotor_reason_ok{reason="reconciled"} 0',
      'rotor_reason_ok{reason="broker"} 1',
      'rotor_reason_ok{reason="tasks"} 1',
      'rotor_reason_ok{reason="duties"} 1',
      'rotor_equity_dollars 123456',
      'rotor_outbox_entries 3',
      'rotor_discord_lag_seconds 0.05',
      'rotor_cycles_total 7',
      'rotor_heartbeats_total 4',
      'rotor_memory_bytes{kind="rss"} 1',
      'rotor_event_loop_delay_seconds{quantile="p99"} 0.002',
      'rotor_orders_total{side="buy"} 0',
    ])
      expect(text.split('\n')).toContain(line);
    expect(await metrics.text(inputs, process)).toBe(text);
  });

  it('contain no account name, and no number for unknown values', async () => {
    const text = await metrics.text(
      {
        ...inputs,
        seen: observation({ account: undefined }),
        discord: { ...discord, lagMs: undefined },
      },
      process,
    );
    expect(text).not.toContain(NUMBER);
    for (const unknown of [
      'rotor_equity_dollars',
      'rotor_discord_lag_seconds',
      'rotor_slippage_bps',
    ])
      expect(text).not.toMatch(new RegExp(`^${unknown}.* `, 'm'));
  });

  it('count finished and running work separately: no counter ever falls', async () => {
    const entries = troubledRebalance();
    const found: ReadonlyMap<string, number>[] = [];
    for (const end of entries.keys()) {
      const text = await metrics.text(
        { ...inputs, book: book(entries.slice(0, end + 1)) },
        process,
      );
      const samples = text.matchAll(/^(rotor_\S+) (\S+)$/gm);
      found.push(new Map([...samples].map(([, name = '', value]) => [name, Number(value)])));
    }
    const course = (name: string) => found.map((samples) => samples.get(name));
    expect(course('rotor_rebalances_running')).toEqual([1, 1, 1, 1, 1, 1, 1, 1, 0]);
    expect(course('rotor_rebalances_total{result="complete"}').at(-1)).toBe(1);
    expect(course('rotor_refusals_total{side="buy"}').at(-1)).toBe(1);
    expect(course('rotor_orders_total{side="buy"}').at(-1)).toBe(1);
    expect(course('rotor_fees_dollars').at(-1)).toBe(0.3);
    for (const [name] of found[0] ?? []) {
      const values = course(name);
      const sorted = values.toSorted((a = 0, b = 0) => a - b);
      if (name.includes('_total')) expect(values, name).toEqual(sorted);
      expect(name).not.toContain('_total{result="running"}');
    }
  });
});
