import { describe, expect, it } from 'vitest';
import { announcementPost } from '#bot/posts/announcement.ts';
import type { Entry } from '#core/domain/entry.ts';
import { announcementView } from '#core/views/announcement.ts';
import { book } from '#tests/support/desk.ts';
import { SAMPLES } from '#tests/support/entries.ts';

const MONTHLY: Entry = {
  ...SAMPLES.announced,
  decision: { ...SAMPLES.announced.decision, cause: 'monthly' },
};

/** The card after those entries. */
function cardAfter(...entries: readonly Entry[]) {
  return cardOf(entries, false);
}

function cardOf(entries: readonly Entry[], needsApproval: boolean) {
  const view = announcementView(book(entries), 'monthly-2026-12', 'PAPER', needsApproval);
  if (!view) throw new Error('expected an announced rebalance, found none');
  const { embeds, components = [] } = announcementPost(view);
  const labels = components.flatMap((row) =>
    row.components.map((button) => ('label' in button ? button.label : undefined)),
  );
  return { title: embeds[0]?.title, body: embeds[0]?.description, labels };
}

describe('The card of an announced rebalance', () => {
  it('offers four buttons while it waits, and says that it runs without an answer', () => {
    const { title, body, labels } = cardAfter(MONTHLY);
    expect(title).toMatch(/^Rebalance planned · /);
    expect(body).toMatch(/Runs automatically/);
    expect(labels).toEqual(['Run at the open', 'Delay a day', 'Skip this month', 'Why?']);
  });

  it.each([true, false])('asks for no answer without orders (approve: %s)', (needsApproval) => {
    const { decision } = SAMPLES.announced;
    const plan = { ...decision.plan, orders: [], turnover: 0 };
    const { title, body, labels } = cardOf(
      [{ ...MONTHLY, decision: { ...decision, plan } }],
      needsApproval,
    );
    expect(title).toMatch(/^Rebalance planned · /);
    expect(body).toMatch(/^\*\*No trades needed now\.\*\* It is recalculated/);
    expect(body).toMatch(needsApproval ? /wait for an approver\.$/ : /are sent\.$/);
    expect(labels).toEqual([]);
  });

  it('loses its buttons after a delay, and names who chose it', () => {
    const { title, body, labels } = cardAfter(MONTHLY, SAMPLES['schedule-change']);
    expect(title).toMatch(/^Rebalance delayed · /);
    expect(body).toMatch(/Delayed by ines.*\(1 of 3\)/);
    expect(labels).toEqual([]);
  });

  it('is closed as not executed when its session ended without it', () => {
    const { title, labels } = cardAfter(MONTHLY, SAMPLES['announcement-over']);
    expect(title).toMatch(/^Rebalance not run · /);
    expect(labels).toEqual([]);
  });
});
