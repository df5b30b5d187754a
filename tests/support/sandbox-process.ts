/** Both sandbox servers in one process of their own, so that Rotor alone can be killed. */
import { join } from 'node:path';
import { type FollowedTime, followMarketTime } from '#core/market-time/follow.ts';
import { startProgram } from './process.ts';

export interface Servers {
  /** All that an `.env` would say, but STATE_DIR. */
  readonly environment: Readonly<Record<string, string>>;
  /** What the servers remember, as SQLite. */
  readonly files: { readonly alpaca: string; readonly discord: string };
  readonly time: FollowedTime;
  /** Market milliseconds in a real one. */
  setSpeed(speed: number): Promise<void>;
  /** Somebody with every role uses a slash command in the channel. */
  operate(command: string, options?: Readonly<Record<string, string>>): Promise<void>;
  /** Both take connections and answer nothing until `thaw`. */
  freeze(): void;
  thaw(): void;
  close(): Promise<void>;
}

/** The market stands still until a speed is set. */
export async function startServers(folder: string): Promise<Servers> {
  const server = startProgram('scripts/torture/servers.ts', { STATE_DIR: folder });
  const { environment, pageUrl } = JSON.parse(await server.said(/\{.*\}\n/));
  const { STATE_DIR: stateDir, ...rest } = environment as Record<string, string>;
  const alpaca = String(rest['ALPACA_API_BASE']);
  const time = await followMarketTime(alpaca, { realNow: Date.now });
  return {
    environment: rest,
    files: {
      alpaca: join(String(stateDir), 'alpaca', 'alpaca.sqlite'),
      discord: join(String(stateDir), 'discord', 'discord.sqlite'),
    },
    time,
    async setSpeed(speed) {
      await post(`${alpaca}/sandbox/speed`, { speed });
    },
    async operate(command, options = {}) {
      await post(`${pageUrl}/desk/slash`, { user: 'admin', command, options });
    },
    freeze: () => void server.child.kill('SIGSTOP'),
    thaw: () => void server.child.kill('SIGCONT'),
    async close() {
      server.child.kill('SIGCONT');
      time.close();
      await server.end('SIGTERM');
    },
  };
}

async function post(url: string, body: unknown): Promise<void> {
  const headers = { 'content-type': 'application/json' };
  const answer = await fetch(url, { method: 'POST', headers, body: JSON.stringify(body) });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${url}: ${answer.status} ${text}`);
}
