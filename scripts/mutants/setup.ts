import fc from 'fast-check';

/**
 * A law is tried once for each mutant: for so long, and without looking for the smallest example. So a
 * mutant can be called alive that the whole law would find, never the other way round.
 */
const TRY_MS = 1_500;

fc.configureGlobal({
  ...fc.readConfigureGlobal(),
  endOnFailure: true,
  interruptAfterTimeLimit: TRY_MS,
});
