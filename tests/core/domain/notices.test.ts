import { describe, expect, it } from 'vitest';
import { noticeOf, noticePlace } from '#core/domain/notices.ts';
import { alert } from '#tests/support/desk.ts';

describe('where a message goes', () => {
  const inDiscord = new Map([['drift', { place: 'off', by: 'ann' }]] as const);

  it('is chosen in Discord, else by the setting, else the channel; fills go to a thread', () => {
    expect(noticePlace('drift', inDiscord, { drift: 'thread' })).toBe('off');
    expect(noticePlace('drift', new Map(), { drift: 'thread' })).toBe('thread');
    expect(noticePlace('drift', new Map(), {})).toBe('channel');
    expect(noticePlace('fills', new Map(), {})).toBe('thread');
    expect(noticePlace('fills', inDiscord, { fills: 'channel' })).toBe('channel');
  });

  it('is always the channel for what is critical', () => {
    const drift = alert({ subject: { about: 'calendar' }, severity: 'warning' });
    expect(noticeOf(drift)).toBe('data');
    expect(noticeOf({ ...drift, severity: 'critical' })).toBeUndefined();
  });
});
