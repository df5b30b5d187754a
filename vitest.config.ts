import { availableParallelism, platform } from 'node:os';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['tests/**/*.test.ts'],
    // They run the server's side of the scripts, which needs what every Linux has and a Mac has not.
    exclude: platform() === 'linux' ? [] : ['tests/deploy/**'],
    setupFiles: ['tests/support/setup.ts'],
    // Many tests wait for a process of their own: on two cores one worker would idle half of the time.
    maxWorkers: Math.max(2, availableParallelism() - 1),
    // For hangs only: no test may turn red because the machine is slow.
    testTimeout: 600_000,
    hookTimeout: 600_000,
    coverage: { provider: 'v8', include: ['src/**/*.ts'], reporter: ['text'] },
  },
});
