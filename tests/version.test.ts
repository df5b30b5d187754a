import { describe, expect, it } from 'vitest';
import { notesOf, versionOf } from '#ops/build-info.ts';

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

  it('is that of the image where a tag set one before the package did', () => {
    const env = { ROTOR_COMMIT, ROTOR_VERSION: '2.0.0' };
    expect(versionOf('1.2.3', env)).toBe('2.0.0-0123456');
  });
});

const CHANGE_LOG = `# Changes

## Unreleased

- Not out yet.

## 2.0.0 (2026-11-29)

### Added
- \`/shadow\` proposes a **model**
  over two lines.
- A second one.

### Fixed
- A third one.

A paragraph that is no item.

## 1.2.3

- An old one.

## 1.2.30
`;

describe('the notes of a version', () => {
  it('are the items of its own section, one line each and without markup', () => {
    expect(notesOf(CHANGE_LOG, '2.0.0-0123456-dirty')).toEqual([
      '/shadow proposes a model over two lines.',
      'A second one.',
      'A third one.',
    ]);
    expect(notesOf(CHANGE_LOG, '1.2.3')).toEqual(['An old one.']);
  });

  it.each(['1.2.4', '1.2', '1.2.30', '', 'Unreleased'])(
    'are unknown for "%s", which has no section or an empty one',
    (version) => {
      expect(notesOf(CHANGE_LOG, version)).toBeUndefined();
    },
  );
});
