import { join } from 'node:path';
import { expect, it } from 'vitest';
import { epochMs } from '#core/domain/units.ts';
import { rotor, withFolder } from '#tests/support/cli.ts';
import { leapingClock } from '#tests/support/clock.ts';
import { journalAt } from '#tests/support/journal.ts';

const SWEEP = [
  ...['sweep', '--data', 'data/sample', '--from', '2023-12-29', '--to', '2024-12-31'],
  ...['--lookback', '20,60', '--top', '2', '--min', '0', '--threads', '1'],
];

it('A search counts what was tried in Discord with what was tried in the terminal', async () => {
  await withFolder(async (folder) => {
    const clock = leapingClock(epochMs(1_800_000_000_000));
    const journal = journalAt(join(folder, 'journal.sqlite'), clock);
    journal.append({ kind: 'tried', what: 'what-if', settings: 18, key: 'k1', by: 'ines' });
    await rotor([...SWEEP, '--lookback', '40', '--state', folder]);
    const { out } = await rotor([...SWEEP, '--state', folder]);
    expect(out).toContain('After 21 tries a best one this good');
  });
});
