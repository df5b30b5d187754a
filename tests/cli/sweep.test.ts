import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
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
    const single = await rotor([...SWEEP, '--lookback', '40', '--state', folder]);
    // One setting has no spread from which to tell how good the luckiest of 19 would be.
    expect(single.out).toContain('One try. The best of many tries is partly luck');
    expect(single.out).toContain('After 19 tries luck cannot be ruled out');
    const { out } = await rotor([...SWEEP, '--state', folder]);
    expect(out).toContain('After 21 tries a best one this good');
  });
});

it('A search of several models names the model of each setting, and each runs in its own regime', async () => {
  await withFolder(async (folder) => {
    const models = 'SectorRotationModel_v1,SectorRotationBear_v1';
    const argv = [...SWEEP, '--state', folder, '--json'];
    const alone = JSON.parse((await rotor(argv)).out).points;
    const both = JSON.parse((await rotor([...argv, '--model', models])).out);
    const of = (id: string) => both.points.filter(({ model }: { model: string }) => model === id);
    expect(both.foot.models).toBe('SectorRotationModel_v1, SectorRotationBear_v1');
    // The core is always active and borrows nothing: the settings alone.
    const model = 'SectorRotationModel_v1';
    expect(of(model)).toEqual(alone.map((row: object) => ({ ...row, model })));
    expect(of('SectorRotationBear_v1')).toHaveLength(2);
    expect(of('SectorRotationBear_v1')[0].final).not.toBe(alone[0].final);
    const { out } = await rotor([...SWEEP, '--state', folder, '--model', models]);
    expect(out).toContain('SectorRotationBear_v1: Sharpe ratio by sessions looked back');
    // Two settings alone, and two of each model; the repetition does not count.
    expect(out).toContain('After 6 tries');
  });
});

it('A search runs again what a damaged file of an earlier one does not hold as a whole', async () => {
  await withFolder(async (folder) => {
    const argv = [...SWEEP, '--json', '--state'];
    const whole = await rotor([...argv, join(folder, 'one')]);
    const [file = ''] = readdirSync(join(folder, 'one', 'sweeps'));
    const lines = readFileSync(join(folder, 'one', 'sweeps', file), 'utf8')
      .trim()
      .split('\n');
    const [first = '', second = ''] = lines;
    const damaged = [
      first.replace('"rows":[', '"rows":[],"x":['),
      second.replace('[60,2,0]', '[60,3,0]'),
    ];
    mkdirSync(join(folder, 'two', 'sweeps'), { recursive: true });
    writeFileSync(join(folder, 'two', 'sweeps', file), damaged.join('\n'));
    expect((await rotor([...argv, join(folder, 'two')])).out).toBe(whole.out);
  });
});
