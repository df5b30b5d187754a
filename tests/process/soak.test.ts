import { describe, expect, it } from 'vitest';
import { growthIn, type Sample } from '../../scripts/soak/verdict.ts';

const FIRST: Sample = {
  month: 1,
  memoryMb: 150,
  highestMb: 180,
  handles: 40,
  walKb: 4_096,
  messages: 60,
};
const later = (changed: Partial<Sample>): readonly string[] =>
  growthIn([FIRST, { ...FIRST, month: 2 }, { ...FIRST, month: 3, ...changed }]);

describe('a process that runs for months', () => {
  it('is flat if it stays as after the first, apart from small variations', () => {
    expect(later({})).toEqual([]);
    expect(later({ memoryMb: 170, handles: 46, walKb: 4_200, messages: 90 })).toEqual([]);
  });

  it.each([
    ['memory', { memoryMb: 200 }, 'memoryMb is 200, after the first 150'],
    ['handles', { handles: 60 }, 'handles is 60'],
    ['the log of the journal', { walKb: 12_000 }, 'walKb is 12000'],
    ['messages', { messages: 400 }, 'messages is 400'],
  ])('is not where its %s grows', (_name, changed, words) => {
    expect(later(changed)).toEqual([expect.stringContaining(`month 3: ${words}`)]);
  });
});
