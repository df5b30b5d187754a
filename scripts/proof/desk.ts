/** Requests of the proof's steps to the server, Rotor and the broker. */
import { z } from 'zod';
import type { CommandResult } from './machines.ts';
import type { World } from './proof.ts';

/** @throws unless it ended with that code and printed all of the words. */
export function expectEnd(
  { code, output }: CommandResult,
  wanted: number,
  ...words: readonly string[]
): void {
  const missing = words.filter((each) => !output.includes(each));
  if (code !== wanted || missing.length > 0) {
    throw new Error(
      `${output}\nended with ${code}${missing.map((each) => `, without "${each}"`).join('')}`,
    );
  }
}

/** The size sent by a deploy, from its output. */
export function sentBy({ output }: CommandResult): string {
  return /^sent .*$/m.exec(output)?.[0] ?? '';
}

/** The image of the running Rotor, or an empty string. */
export async function running({ there }: World): Promise<string> {
  return (await there('docker ps --filter name=rotor-rotor-1 --format "{{.Image}}"')).trim();
}

/** @throws unless Rotor runs from that image. */
export async function expectRunning(world: World, image: string): Promise<void> {
  const found = await running(world);
  if (found !== image) throw new Error(`expected ${image} to run, found ${found}`);
}

const reason = z.object({ name: z.string(), ok: z.boolean(), detail: z.string() });
const ready = z.object({ ready: z.boolean(), reasons: z.array(reason) });

/** Answer of /readyz; undefined while there is none. */
export async function readyz({ there }: World): Promise<z.infer<typeof ready> | undefined> {
  const answer = await there('curl -s http://127.0.0.1:8080/readyz || true');
  return answer === '' ? undefined : ready.parse(JSON.parse(answer));
}

/** Waits until Rotor may trade. */
export async function expectTrading(world: World): Promise<void> {
  await world.until('a desk that may trade', async () => (await readyz(world))?.ready === true);
}

const orders = z.array(z.object({ status: z.string() }));

/** The orders of the account at the broker. */
export async function ordersOf({ servers }: World, status: 'all' | 'open') {
  const { ALPACA_API_BASE, ALPACA_KEY_ID = '', ALPACA_SECRET_KEY = '' } = servers.environment;
  const answer = await fetch(`${ALPACA_API_BASE}/v2/orders?status=${status}&limit=500`, {
    headers: { 'APCA-API-KEY-ID': ALPACA_KEY_ID, 'APCA-API-SECRET-KEY': ALPACA_SECRET_KEY },
  });
  return orders.parse(await answer.json());
}
