/** How the caller must react, not where the error came from. */
export type Remedy = 'retry' | 'skip-cycle' | 'halt' | 'fix-config';

/**
 * An unexpected error. Expected outcomes (a rejected order, no decision) are values. The message names the
 * subject, the expected and the found value, and never contains a secret.
 */
export class TradingError extends Error {
  readonly remedy: Remedy;

  constructor(message: string, remedy: Remedy, options?: ErrorOptions) {
    super(message, options);
    this.name = 'TradingError';
    this.remedy = remedy;
  }
}

/** The broker answered, but data that matters here could not be parsed. */
export class UnreadableAnswer extends TradingError {
  constructor(message: string, options?: ErrorOptions) {
    super(message, 'retry', options);
    this.name = 'UnreadableAnswer';
  }
}

/** Another process holds an exclusive resource. Retrying helps once that process has ended. */
export class OccupiedError extends TradingError {
  constructor(message: string, remedy: Remedy, options?: ErrorOptions) {
    super(message, remedy, options);
    this.name = 'OccupiedError';
  }
}

/** The error as one line fit for display: our own errors in full, others by name. */
export function sentence(error: unknown): string {
  if (error instanceof TradingError || error instanceof RangeError) return error.message;
  return error instanceof Error ? `${error.name}: ${firstLine(error)}` : String(error);
}

/** The code of an error of the system or of a library, such as ENOENT; undefined where it has none. */
export function errorCode(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error ? String(error.code) : undefined;
}

/** The first line of an error's message. */
export function firstLine({ message }: Pick<Error, 'message'>): string {
  return message.split('\n')[0] ?? '';
}
