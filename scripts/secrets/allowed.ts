/** Strings that look like secrets and are none, each as it stands in the tree or in history. */
export const ALLOWED: readonly string[] = [
  // Searched for in what Rotor prints.
  'CANARY-KEY-ID-3141592653',
  // The sandbox's own account, which opens nothing.
  'PKSANDBOX0000000000',
];
