/** The steps of a rebalance and the calls of an alert, with the worst that people and brokers can write. */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { faultsOf, type Post } from '#bot/post.ts';
import { alertPost, quietHoursDigestPost, reminderPost } from '#bot/posts/alert.ts';
import { stepsOf, threadName } from '#bot/posts/steps.ts';
import { parseSubject } from '#core/domain/alert.ts';
import type { Entry } from '#core/domain/entry.ts';
import { qty } from '#core/domain/units.ts';
import { decisionView } from '#core/views/decision.ts';
import { decided } from '#tests/support/deciding.ts';
import { alert, book, NOW } from '#tests/support/desk.ts';
import { fencesOf, hostile, liveWeapon } from '#tests/support/hostile.ts';

const RUNS = { numRuns: 200 };

function expectHarmless(post: Post): void {
  expect(faultsOf(post)).toEqual([]);
  expect(liveWeapon({ ...post, content: '' })).toBeUndefined();
  expect(fencesOf(post).closed).toBe(true);
  expect(fencesOf(post).widest).toBeLessThanOrEqual(32);
  for (const embed of post.embeds) expect(embed.footer?.text).toContain('LIVE');
}

describe('text written by others', () => {
  it('in a rebalance stays harmless, step by step', () => {
    fc.assert(
      fc.property(hostile, fc.integer({ min: 0, max: 9e15 }), (text, nanos) => {
        const made = decided();
        const lines = made.plan.lines.map((line) => ({ ...line, why: text }));
        const decision = { ...made, id: text || 'id', plan: { ...made.plan, lines } };
        const orders = made.plan.orders.flatMap((intent, index): Entry[] => [
          { kind: 'intent', intent: { ...intent, decisionId: decision.id, qty: qty(nanos) } },
          index % 2 === 0
            ? { kind: 'refused', clientOrderId: intent.clientOrderId, reason: text }
            : { kind: 'cancel-requested', clientOrderId: intent.clientOrderId, by: text },
        ]);
        const result = { kind: 'partial', left: Array(13).fill(text) } as const;
        const end: Entry = { kind: 'finished', decisionId: decision.id, result };
        const entries = book([{ kind: 'decision', decision }, ...orders, end]);
        const view = decisionView(entries, decision.id, 'LIVE');
        if (!view) throw new Error('expected a view');
        for (const { post } of stepsOf(view)) expectHarmless(post);
        expect(threadName(view.rebalance).length).toBeGreaterThan(0);
        expect(threadName(view.rebalance).length).toBeLessThanOrEqual(100);
      }),
      RUNS,
    );
  });

  it('in an alert stays harmless, in its reminders and acknowledgement too', () => {
    fc.assert(
      fc.property(hostile, (text) => {
        const incident = {
          alert: alert({
            subject: parseSubject(text),
            severity: 'critical',
            title: text,
            text,
            remedy: text,
          }),
          count: 41,
          firstAt: NOW,
          lastAt: NOW,
          acknowledged: { by: text, at: NOW },
          resolved: undefined,
        };
        expectHarmless(alertPost(incident, 'LIVE', '123456789012345678'));
        const round = { number: 3, nextMinutes: 40 };
        expectHarmless(reminderPost(incident, round, 'LIVE', '123456789012345678'));
        expectHarmless(quietHoursDigestPost(Array(40).fill(incident), 'LIVE'));
      }),
      RUNS,
    );
  });
});
