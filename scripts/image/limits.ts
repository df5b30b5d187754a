/** How the image starts Rotor: Node's flags and the variables of its allocator, for runs outside of it. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { stagesOf } from './dockerfile.ts';

const DOCKERFILE = join(import.meta.dirname, '../../Dockerfile');

/** The flags of the last stage's CMD, and its variables that limit memory and threads. */
export function imageLimits(): {
  readonly flags: readonly string[];
  readonly env: Readonly<Record<string, string>>;
} {
  const steps = stagesOf(readFileSync(DOCKERFILE, 'utf8')).at(-1)?.steps ?? [];
  const argv = steps.flatMap((step) => (step.kind === 'cmd' ? step.argv : []));
  const values = steps.flatMap((step) => (step.kind === 'env' ? Object.entries(step.values) : []));
  return {
    flags: argv.filter((word) => word.startsWith('--')),
    env: Object.fromEntries(values.filter(([name]) => /^(MALLOC|UV)_/.test(name))),
  };
}
