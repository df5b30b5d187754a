/** What the desk says of itself at /readyz, as anybody may ask it. */
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { z } from 'zod';

/** What a desk has left to do. */
export interface DeskState {
  /** It does something that was due. */
  readonly isWorking: boolean;
  /** Entries of its journal that it has yet to tell in Discord. */
  readonly undelivered: number;
}

const ANSWER_WITHIN_MS = 1_000;
const readyz = z.object({ reasons: z.array(z.object({ name: z.string(), detail: z.string() })) });

/** Asks the port of this machine; undefined when no desk answers there. */
export async function askDesk(port: number): Promise<DeskState | undefined> {
  try {
    const signal = AbortSignal.timeout(ANSWER_WITHIN_MS);
    const answer = await fetch(`http://127.0.0.1:${port}/readyz`, { signal });
    return deskState(await answer.json());
  } catch {
    // None listens yet, or not any more: the market goes by what it is asked alone.
    return undefined;
  }
}

/** Reads the body of /readyz. @throws ZodError for another body */
export function deskState(body: unknown): DeskState {
  const { reasons } = readyz.parse(body);
  const detail = (wanted: string): string =>
    reasons.find(({ name }) => name === wanted)?.detail ?? '';
  return {
    isWorking: detail('tasks').startsWith('working'),
    undelivered: Number(/(\d+) entries to post/.exec(detail('Discord'))?.[1] ?? 0),
  };
}

/** A port of this machine that nobody holds now. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
