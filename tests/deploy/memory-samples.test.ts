import { expect, it } from 'vitest';
import { samplesOf } from '../../scripts/proof/memory.ts';

const MIB = 1_048_576;
const mib = (count: number): string => String(count * MIB);

/** As the kernel prints them for a control group of version 2: its size, and lines of memory.stat. */
const VERSION_2 = `${mib(120)}
anon ${mib(90)}
inactive_file ${mib(12)}
active_file ${mib(3)}
`;

/** Of version 1, where each kind is there for the group alone and with those below it. */
const VERSION_1 = `${mib(120)}
rss ${mib(90)}
inactive_file ${mib(12)}
active_file ${mib(3)}
total_rss ${mib(90)}
total_inactive_file ${mib(12)}
total_active_file ${mib(3)}
`;

it.each([
  ['1', VERSION_1],
  ['2', VERSION_2],
])('The memory of a container is read from control groups of version %s', (_, text) => {
  const sample = { shown: 108 * MIB, own: 90 * MIB, files: 3 * MIB };
  expect(samplesOf(text + text)).toEqual([sample, sample]);
});

it('A look that was cut off is left out', () => {
  expect(samplesOf(`${VERSION_2}${mib(500)}\n`)).toHaveLength(1);
});
