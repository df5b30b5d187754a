import fc from 'fast-check';

/**
 * For each mutant a property test runs only this long and without shrinking. So a mutant that the full test
 * would detect may be reported as alive, never the other way round.
 */
const TRY_MS = 1_500;

fc.configureGlobal({
  ...fc.readConfigureGlobal(),
  endOnFailure: true,
  interruptAfterTimeLimit: TRY_MS,
});
