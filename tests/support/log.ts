import type { Log } from '#core/ports.ts';

export const silentLog: Log = { info: () => {}, warn: () => {}, error: () => {} };
