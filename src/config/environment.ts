/** What the process is given to be configured with, and what is wrong with it. */

/** As `process.env` gives it. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** What is wrong with an environment; names and expectations only. */
export class ConfigError extends Error {
  readonly faults: readonly string[];

  constructor(faults: readonly string[]) {
    super(['configuration:', ...faults.map((fault) => `  ${fault}`)].join('\n'));
    this.name = 'ConfigError';
    this.faults = faults;
  }
}
