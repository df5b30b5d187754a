/** A sandbox Discord and a real discord.js Client that talks to it. */
import {
  Client,
  type ClientOptions,
  Events,
  GatewayIntentBits,
  type Interaction,
} from 'discord.js';
import { realNow } from '#core/market-time/real-timers.ts';
import {
  createSandboxDiscord,
  type SandboxDiscord,
  type SandboxDiscordParts,
} from '#sandbox/discord/server.ts';

export type Handler = (interaction: Interaction) => Promise<unknown>;

export interface Pair {
  readonly discord: SandboxDiscord;
  readonly client: Client<true>;
  close(): Promise<void>;
}

export function startDiscord(parts: Partial<SandboxDiscordParts> = {}): Promise<SandboxDiscord> {
  return createSandboxDiscord({ stateFile: undefined, realNow, ...parts });
}

/** Handler faults are collected rather than thrown into the client. */
export async function connect(
  discord: SandboxDiscord,
  handle: Handler = async () => undefined,
  options: Partial<ClientOptions> = {},
): Promise<Client<true>> {
  const client = new Client({
    intents: [GatewayIntentBits.Guilds],
    ...options,
    rest: { api: discord.apiBase, globalRequestsPerSecond: 1e9, ...options.rest },
  });
  client.on(Events.Error, () => undefined);
  client.on(Events.InteractionCreate, (interaction) => void handle(interaction));
  const ready = new Promise<Client<true>>((resolve) => client.once(Events.ClientReady, resolve));
  await client.login(discord.token);
  return ready;
}

export async function pair(
  handle?: Handler,
  parts: Partial<SandboxDiscordParts> = {},
  options: Partial<ClientOptions> = {},
): Promise<Pair> {
  const discord = await startDiscord(parts);
  const client = await connect(discord, handle, options);
  return {
    discord,
    client,
    close: async () => {
      await client.destroy();
      await discord.close();
    },
  };
}

/** A request as a bot's own, without a library between. */
export async function call(
  discord: SandboxDiscord,
  method: string,
  path: string,
  body?: unknown,
  headers: Record<string, string> = {},
): Promise<{ readonly status: number; readonly body: unknown; readonly headers: Headers }> {
  const response = await fetch(`${discord.apiBase}/v10${path}`, {
    method,
    headers: {
      authorization: `Bot ${discord.token}`,
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  return {
    status: response.status,
    body: text === '' ? undefined : (JSON.parse(text) as unknown),
    headers: response.headers,
  };
}

/** The smallest PNG: one pixel. */
export const PIXEL = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
);
