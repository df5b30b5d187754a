import fc from 'fast-check';
import { COMPILE_CACHE } from './process.ts';

/** Every run tries the same inputs; a failure is a failure everywhere. FC_SEED tries others. */
fc.configureGlobal({ seed: Number(process.env['FC_SEED'] ?? 20_261_120) });

// For what tests start with an environment that is this one.
Object.assign(process.env, COMPILE_CACHE);
