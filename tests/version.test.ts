import { describe, expect, it } from 'vitest';
import { versionOf } from '#ops/build-info.ts';

const ROTOR_COMMIT = '0123456789abcdef0123456789abcdef01234567';

describe('the version that the desk shows', () => {
  it('is that of the package where no image says more', () => {
    expect(versionOf('1.2.3', {})).toBe('1.2.3');
  });

  it.each(['', 'false'])(
    'names the commit of its image, as the image is named (dirty "%s")',
    (dirty) => {
      expect(versionOf('1.2.3', { ROTOR_COMMIT, ROTOR_DIRTY: dirty })).toBe('1.2.3-0123456');
    },
  );

  it('says dirty when the image holds what is in no commit', () => {
    const env = { ROTOR_COMMIT, ROTOR_DIRTY: 'true' };
    expect(versionOf('1.2.3', env)).toBe('1.2.3-0123456-dirty');
  });
});
