import fc from 'fast-check';

/** Every run tries the same inputs; a failure is a failure everywhere. FC_SEED tries others. */
fc.configureGlobal({ seed: Number(process.env['FC_SEED'] ?? 20_261_120) });
