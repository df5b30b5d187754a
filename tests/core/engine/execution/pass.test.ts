import { describe, expect, it } from 'vitest';
import { type Pass, passOf } from '#core/engine/execution/pass.ts';
import { decision } from '#tests/support/decision.ts';
import { at, type World, world } from '#tests/support/world.ts';

const DECIDED = decision();

/** The catch-up of the desk is two sessions. */
function passAt(desk: World, day: string): Pass {
  desk.goTo(day, '10:00');
  const parts = { ...desk.parts, maxCatchUpSessions: 2 };
  return passOf(parts, DECIDED, new AbortController().signal);
}

describe('a pass over a rebalance', () => {
  it('begins without findings', () => {
    const desk = world();
    expect(passAt(desk, '2024-07-01')).toMatchObject({
      ...{ decision: DECIDED, waits: new Map(), held: new Map(), cuts: new Map() },
      ...{ asked: new Set(), compared: undefined, booksDiffer: undefined },
    });
    expect(Object.keys(passAt(desk, '2024-07-01'))).toEqual(
      expect.arrayContaining(['compared', 'booksDiffer', 'asked']),
    );
  });

  it('is in the last session once the sessions after the decision are used up, and stays so', () => {
    const desk = world({ start: at('2024-07-01', '09:36') });
    desk.parts.journal.append({ kind: 'decision', decision: DECIDED });
    const isLast = (day: string) => passAt(desk, day).isLastSession;
    // The fourth of July is none.
    expect(['2024-07-01', '2024-07-02', '2024-07-03', '2024-07-05'].map(isLast)).toEqual([
      ...[false, false, true, true],
    ]);
  });

  it('is in the first one of a decision that is not recorded yet', () => {
    expect(passAt(world(), '2024-07-05').isLastSession).toBe(false);
  });
});
