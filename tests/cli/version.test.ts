import { describe, expect, it } from 'vitest';
import { rotor } from '#tests/support/cli.ts';

const COMMIT = 'c'.repeat(40);

describe('rotor version', () => {
  it('shows the running version, as in the image’s name', async () => {
    expect((await rotor(['version'])).out).toMatch(/^\d+\.\d+\.\d+$/);
    const { out } = await rotor(['version', '--json'], { env: { ROTOR_COMMIT: COMMIT } });
    expect(JSON.parse(out)).toEqual({
      version: expect.stringMatching(/-ccccccc$/),
      commit: COMMIT,
      builtAt: null,
    });
  });

  it('does not take files for those of a commit without a record', async () => {
    const without = await rotor(['version', '--verify']);
    expect([without.exit, without.out]).toEqual([1, expect.stringContaining('this is no image')]);
    const { exit, out } = await rotor(['version', '--verify'], { env: { ROTOR_COMMIT: COMMIT } });
    expect([exit, out]).toEqual([1, expect.stringContaining('.rotor-commit is')]);
  });
});
