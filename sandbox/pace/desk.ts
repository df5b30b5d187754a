/** Reads Rotor's state from its /readyz. */
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { z } from 'zod';

/** Rotor's pending work. */
export interface DeskState {
  /** It is starting, or working on something that was due. */
  readonly isWorking: boolean;
  /** Journal entries that it has yet to deliver to Discord. */
  readonly undelivered: number;
}

const ANSWER_WITHIN_MS = 1_000;
const readyz = z.object({ reasons: z.array(z.object({ name: z.string(), detail: z.string() })) });

/** Asks the port of this machine; undefined when no Rotor answers there. */
export async function askDesk(port: number): Promise<DeskState | undefined> {
  try {
    const signal = AbortSignal.timeout(ANSWER_WITHIN_MS);
    const answer = await fetch(`http://127.0.0.1:${port}/readyz`, { signal });
    return deskState(await answer.json());
  } catch {
    // None is listening: the market then relies on the requests it receives.
    return undefined;
  }
}

/** Reads the body of /readyz. @throws ZodError for another body */
export function deskState(body: unknown): DeskState {
  const { reasons } = readyz.parse(body);
  const detail = (wanted: string): string =>
    reasons.find(({ name }) => name === wanted)?.detail ?? '';
  // It reads its bars before it asks the broker anything; in safe mode it never asks.
  const isStarting = detail('broker') === 'not asked yet' && detail('safe mode') === 'no';
  return {
    isWorking: detail('tasks').startsWith('working') || isStarting,
    undelivered: Number(/(\d+) entries to post/.exec(detail('Discord'))?.[1] ?? 0),
  };
}

/** A free port of this machine. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
