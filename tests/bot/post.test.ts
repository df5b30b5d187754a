import { describe, expect, it } from 'vitest';
import { colourOf, embed } from '#bot/post.ts';

const RED = colourOf('■ HALT');
const YELLOW = colourOf('▲ Paused');
const GREEN = colourOf('● RUN');

describe('an embed', () => {
  it('shows its severity by colour, in every mode alike', () => {
    const colours = (['SANDBOX', 'PAPER', 'LIVE'] as const).map(
      (mode) => embed({ mode, title: '■ CRITICAL · drawdown' }).color,
    );
    expect(colours).toEqual([RED, RED, RED]);
    expect(new Set([RED, YELLOW, GREEN, colourOf('Preview')]).size).toBe(4);
    expect(colourOf('✗ Error · data late')).toBe(RED);
    expect(colourOf('▲ Warning · drift')).toBe(YELLOW);
    expect(colourOf('✓ Resolved · drift')).toBe(GREEN);
  });

  it.each(['SANDBOX', 'PAPER', 'LIVE'] as const)('shows %s as text', (mode) => {
    expect(embed({ mode, title: 'Preview' }).footer?.text).toBe(`ROTOR ${mode}`);
    expect(embed({ mode, title: 'Preview', note: 'x' }).footer?.text).toContain(`ROTOR ${mode}`);
  });
});
