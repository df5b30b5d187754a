/** Strings that look like secrets but are not, each as written in the tree or in history. */
export const ALLOWED: readonly string[] = [
  // Tests search Rotor's output for it.
  'CANARY-KEY-ID-3141592653',
  // The sandbox's own account, which gives access to nothing.
  'PKSANDBOX0000000000',
];
