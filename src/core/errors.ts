/** How the caller must react, not where the error came from. */
export type Remedy = 'retry' | 'skip-cycle' | 'halt' | 'fix-config';

/**
 * The unexpected. Expected outcomes (a refused order, no decision) are values. The message names the
 * thing, what was expected and what was found, and never carries a secret.
 */
export class TradingError extends Error {
  readonly remedy: Remedy;

  constructor(message: string, remedy: Remedy, options?: ErrorOptions) {
    super(message, options);
    this.name = 'TradingError';
    this.remedy = remedy;
  }
}

/** The other side answered, and what it said about something that matters here cannot be read. */
export class UnreadableAnswer extends TradingError {
  constructor(message: string, options?: ErrorOptions) {
    super(message, 'retry', options);
    this.name = 'UnreadableAnswer';
  }
}

/** Another process has what only one may have. Trying again helps as soon as that one has ended. */
export class OccupiedError extends TradingError {
  constructor(message: string, remedy: Remedy, options?: ErrorOptions) {
    super(message, remedy, options);
    this.name = 'OccupiedError';
  }
}

/** The error as one line that a person may see: our own errors in full, others by name. */
export function sentence(error: unknown): string {
  if (error instanceof TradingError || error instanceof RangeError) return error.message;
  return error instanceof Error ? `${error.name}: ${firstLine(error)}` : String(error);
}

/** The first line of an error's message. */
export function firstLine({ message }: Pick<Error, 'message'>): string {
  return message.split('\n')[0] ?? '';
}
