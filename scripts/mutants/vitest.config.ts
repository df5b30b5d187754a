/** The usual test configuration, with switches in the file whose mutants are tried. */
import { join, relative } from 'node:path';
import { defineConfig } from 'vitest/config';
import type { TestSequencer, TestSpecification } from 'vitest/node';
import { mutantsOf, withSwitches } from './mutants.ts';

const root = join(import.meta.dirname, '../..');
const source = process.env['MUTANTS_SOURCE'];

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
        if (file !== source) return undefined;
        return { code: withSwitches(file, code, mutantsOf(file, code)), map: null };
      },
    },
  ],
  test: {
    include: ['tests/**/*.test.ts'],
    setupFiles: ['tests/support/setup.ts', 'scripts/mutants/setup.ts'],
    runner: 'scripts/mutants/mutant-runner.ts',
    pool: 'threads',
    // A cache kept between runs would contain the switches of another file.
    fsModuleCache: false,
    maxWorkers: 1,
    sequence: { sequencer: AsNamed },
    testTimeout: 0,
    hookTimeout: 0,
    dangerouslyIgnoreUnhandledErrors: true,
  },
});
