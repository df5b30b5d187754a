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
  const view = announcementView(book(entries), 'monthly-2026-12', 'PAPER', false);
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
