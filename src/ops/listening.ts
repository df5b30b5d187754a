/** The port of the health server: had at once, or as soon as whoever holds it lets go. */
import type { Log } from '#core/ports.ts';
import type { HealthServer } from '#ops/health-server.ts';

export interface Listening {
  /** Tries a port again that was taken, unless the last try was only just. Never rejects. */
  again(): Promise<void>;
  close(): Promise<void>;
}

export interface ListeningParts {
  /** Undefined: no server. */
  readonly port: number | undefined;
  readonly host: string;
  /** @throws when the port is taken. */
  readonly listen: (port: number) => Promise<HealthServer>;
  /** Milliseconds that only go forward. */
  readonly now: () => number;
  readonly log: Log;
}

/** Between two tries, doubled from the one to the other. */
const FIRST_WAIT_MS = 5_000;
export const LONGEST_WAIT_MS = 60_000;

export function createListening(parts: ListeningParts): Listening {
  const { port, host, listen, now, log } = parts;
  let server: HealthServer | undefined;
  let trying: Promise<void> | undefined;
  let waitMs = FIRST_WAIT_MS;
  let nextAt = Number.NEGATIVE_INFINITY;
  let said = '';
  let isOver = false;

  async function take(wanted: number): Promise<void> {
    try {
      server = await listen(wanted);
      log.info(`health at http://${host}:${server.port}/readyz`);
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? String(error.code) : 'no reason';
      const text = `health: HEALTH_PORT ${wanted} cannot be listened on, tried again: ${code}`;
      if (said !== code) log.error(text);
      said = code;
      nextAt = now() + waitMs;
      waitMs = Math.min(2 * waitMs, LONGEST_WAIT_MS);
    }
  }

  return {
    async again() {
      if (port === undefined || server || trying || isOver || now() < nextAt) return;
      trying = take(port);
      await trying;
      trying = undefined;
    },
    async close() {
      isOver = true;
      await trying;
      await server?.close();
    },
  };
}
