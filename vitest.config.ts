import { availableParallelism, platform } from 'node:os';
import { defineConfig } from 'vitest/config';

/** What takes minutes and is not for every push: whole processes, browsers, scripts, weeks. */
export const LONG: readonly string[] = [
  'tests/deploy/**/*.test.ts',
  'tests/process/**/*.test.ts',
  'tests/simulation/**/*.test.ts',
  // The pages in a real browser.
  'tests/sandbox/page/{accessible,channels,page}.test.ts',
  // Hundreds of rebalances or of market days each.
  'tests/commands/study-orders.test.ts',
  'tests/core/engine/acts-anytime.test.ts',
  'tests/core/engine/fills.test.ts',
  'tests/core/engine/schedule.test.ts',
  'tests/core/market/plays.test.ts',
];
// They run the server's side of the scripts, which needs what every Linux has and a Mac has not.
const LINUX_ONLY = platform() === 'linux' ? [] : ['tests/deploy/**'];

export default defineConfig({
  test: {
    // Every test file is in one of them: `npm test`, `npm run test:rest`, and `npm run test:all` for both.
    projects: [
      {
        extends: true,
        test: {
          name: 'quick',
          include: ['tests/**/*.test.ts'],
          exclude: [...LONG],
          // A process of its own for each file was a third of the work. So a test must leave nothing
          // behind in its process: no variables, timers, handlers or stubs.
          isolate: false,
        },
      },
      {
        extends: true,
        test: {
          name: 'rest',
          include: [...LONG],
          exclude: LINUX_ONLY,
        },
      },
    ],
    setupFiles: ['tests/support/setup.ts'],
    // Many tests wait for a process of their own: on two cores one worker would idle half of the time.
    maxWorkers: Math.max(2, availableParallelism() - 1),
    // For hangs only: no test may turn red because the machine is slow.
    testTimeout: 600_000,
    hookTimeout: 600_000,
    expect: { poll: { timeout: 300_000, interval: 10 } },
    coverage: { provider: 'v8', include: ['src/**/*.ts'], reporter: ['text'] },
  },
});
