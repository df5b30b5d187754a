/** The usual test configuration, with switches in the files whose mutants are tried. */
import { join, relative } from 'node:path';
import { defineConfig } from 'vitest/config';
import type { TestSequencer, TestSpecification } from 'vitest/node';
import { LONG } from '../../vitest.config.ts';
import { withSwitches } from './switched-text.ts';
import { mutantsIn } from './try-mutants.ts';

const root = join(import.meta.dirname, '../..');
const mutants = mutantsIn(root, (process.env['MUTANTS_SOURCES'] ?? '').split('\n'));

/** In the given order: the tests that kill most in the shortest time come first. */
class AsNamed implements TestSequencer {
  shard(all: TestSpecification[]): TestSpecification[] {
    return all;
  }
  sort(all: TestSpecification[]): TestSpecification[] {
    const place = ({ moduleId }: TestSpecification): number =>
      process.argv.indexOf(relative(root, moduleId));
    return all.toSorted((one, other) => place(one) - place(other));
  }
}

export default defineConfig({
  root,
  plugins: [
    {
      name: 'mutants',
      enforce: 'pre',
      transform(code, id) {
        const file = relative(root, id);
        const own = mutants.filter((mutant) => mutant.file === file);
        return own.length > 0 ? { code: withSwitches(file, code, own), map: null } : undefined;
      },
    },
  ],
  test: {
    include: ['tests/**/*.test.ts'],
    exclude: [...LONG],
    setupFiles: ['tests/support/setup.ts', 'scripts/mutants/setup.ts'],
    runner: 'scripts/mutants/mutant-runner.ts',
    pool: 'threads',
    // The modules are loaded once for all test files: loading them takes longer than most tests.
    isolate: false,
    // A cache kept between runs would contain the switches of another file.
    fsModuleCache: false,
    maxWorkers: 1,
    sequence: { sequencer: AsNamed },
    testTimeout: 0,
    hookTimeout: 0,
    dangerouslyIgnoreUnhandledErrors: true,
  },
});
