/** The gateway's address and first event. */
import type { Server } from 'node:http';
import { botUser } from './guild-routes.ts';
import type { IdentifyBudget } from './identify-budget.ts';
import type { DiscordParts } from './parts.ts';
import { ok, type Route, route } from './route.ts';

/** Path of the web socket. */
export const GATEWAY_PATH = '/gw';

function gatewayUrl(baseUrl: string): string {
  return `${baseUrl.replace(/^http/, 'ws')}${GATEWAY_PATH}`;
}

/** REST endpoints that return the gateway's address. */
export function gatewayRoutes(baseUrl: string, budget: IdentifyBudget): readonly Route[] {
  const url = gatewayUrl(baseUrl);
  return [
    { ...route('GET /gateway', 'other', () => ok({ url })), open: true },
    route('GET /gateway/bot', 'other', () =>
      ok({
        url,
        shards: 1,
        session_start_limit: budget.limit(),
      }),
    ),
  ];
}

/** READY, the first event of a session. */
export function readyOf(parts: DiscordParts, baseUrl: string): Readonly<Record<string, unknown>> {
  return {
    v: 10,
    user: botUser(parts),
    guilds: [{ id: parts.world.guildId, unavailable: true }],
    resume_gateway_url: gatewayUrl(baseUrl),
    application: { id: parts.world.applicationId, flags: 0 },
    session_type: 'normal',
    private_channels: [],
    shard: [0, 1],
    _trace: [],
  };
}

/** Listens on loopback only. @returns the address */
export function listen(server: Server, port: number): Promise<string> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => {
      server.off('error', reject);
      const address = server.address();
      const bound = typeof address === 'object' && address ? address.port : port;
      resolve(`http://127.0.0.1:${bound}`);
    });
  });
}
