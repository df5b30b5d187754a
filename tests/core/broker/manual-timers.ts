/** Beside the broker's other stand-ins, where tests over the broker look for it. */
export { manualTimers } from '#tests/support/manual-timers.ts';
