/** The environment that configures the process, and its errors. */

/** As in `process.env`. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** Errors in the environment; names and expectations only, no values. */
export class ConfigError extends Error {
  readonly faults: readonly string[];

  constructor(faults: readonly string[]) {
    super(['configuration:', ...faults.map((fault) => `  ${fault}`)].join('\n'));
    this.name = 'ConfigError';
    this.faults = faults;
  }
}
