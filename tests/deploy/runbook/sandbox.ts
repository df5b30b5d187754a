/** What lies outside a server: a broker with two accounts, Discord, and who waits for a word from the desk. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { Bars } from '#core/domain/bar.ts';
import { newYorkInstant } from '#core/domain/new-york.ts';
import { sessionDate } from '#core/domain/units.ts';
import { instruments, UNIVERSE } from '#core/domain/universe.ts';
import { readFolder } from '#core/market/files/folder.ts';
import { createMarketTime, type MarketTime } from '#core/market-time/market-time.ts';
import { realNow } from '#core/market-time/real-timers.ts';
import { createSandboxAlpaca, type SandboxAlpaca } from '#sandbox/alpaca/server.ts';
import type { Outcome } from '#sandbox/discord/interaction-book.ts';
import { listOf, textOf } from '#sandbox/discord/json.ts';
import { UNLIMITED } from '#sandbox/discord/rate-limits.ts';
import type { StoredMessage } from '#sandbox/discord/records.ts';
import { createSandboxDiscord, type SandboxDiscord } from '#sandbox/discord/server.ts';
import type { PersonKey } from '#sandbox/discord/world.ts';
import { slashOf } from './steps.ts';

/** A day on which orders may leave since a minute. */
const DAY = sessionDate('2026-07-01');
const NOW = newYorkInstant(DAY, 9 * 60 + 36);
const END = sessionDate('2026-11-20');
const SEED = 7;

/** Every secret by the name of its file. */
export type Secrets = Record<string, string>;

export interface Outside {
  readonly time: MarketTime;
  readonly paper: () => SandboxAlpaca;
  readonly discord: () => SandboxDiscord;
  readonly live: SandboxAlpaca;
  /** What holds now. A person pastes these. */
  readonly secrets: Secrets;
  /** What the heartbeat's and the webhook's address were sent so far, as `path body`. */
  readonly heard: readonly string[];
  /** The old keys are dead at once. */
  regenerateKeys(): Promise<void>;
  resetToken(): Promise<void>;
  /** A new address of that name. */
  newAddress(secret: 'heartbeat_url' | 'supervisor_webhook_url'): void;
  useLiveKeys(): void;
  /** Somebody uses a slash command; what they see then. A form is filled with the word it asks for. */
  say(user: PersonKey, command: string): Promise<string>;
  close(): Promise<void>;
}

let sample: Promise<Bars> | undefined;

async function readSample(): Promise<Bars> {
  const tickers = instruments(UNIVERSE).map(({ ticker }) => ticker);
  const { bars } = await readFolder({ folders: ['data/sample'], tickers, latest: END });
  return bars;
}

export async function openOutside(folder: string): Promise<Outside> {
  sample ??= readSample();
  const bars = await sample;
  const time = createMarketTime({ start: NOW, end: END, speed: 1, realNow });
  const heard: string[] = [];
  const ear = await listenTo(heard);
  let count = 0;
  const keysOf = (kind: string) => ({ keyId: `${kind}${++count}`, secret: `secret-of-${count}` });

  const openPaper = (port = 0): Promise<SandboxAlpaca> =>
    createSandboxAlpaca({
      bars,
      time,
      seed: SEED,
      stateDir: join(folder, 'paper'),
      keys: keysOf('PK'),
      port,
    });
  const openDiscord = (port = 0): Promise<SandboxDiscord> =>
    createSandboxDiscord({
      stateFile: join(folder, 'discord.sqlite'),
      realNow,
      shownNow: time.now,
      rateLimits: UNLIMITED,
      token: `token.number.${++count}`,
      port,
    });
  let paper = await openPaper();
  let discord = await openDiscord();
  const live = await createSandboxAlpaca({
    bars,
    time,
    seed: SEED + 1,
    stateDir: undefined,
    keys: keysOf('AK'),
    account: { number: 'LIVE00000001' },
  });
  const address = (name: string): string =>
    `http://127.0.0.1:${(ear.address() as AddressInfo).port}/${name}-${++count}`;
  const secrets: Secrets = {
    alpaca_key_id: paper.keyId,
    alpaca_secret_key: paper.secret,
    discord_token: discord.token,
    heartbeat_url: address('heartbeat'),
    supervisor_webhook_url: address('webhook'),
    replica_credentials: '[default]',
  };

  return {
    time,
    paper: () => paper,
    discord: () => discord,
    live,
    secrets,
    heard,
    async regenerateKeys() {
      const { port } = new URL(paper.url);
      await paper.close();
      paper = await openPaper(Number(port));
      Object.assign(secrets, { alpaca_key_id: paper.keyId, alpaca_secret_key: paper.secret });
    },
    async resetToken() {
      const { port } = new URL(discord.baseUrl);
      await discord.close();
      discord = await openDiscord(Number(port));
      secrets['discord_token'] = discord.token;
    },
    newAddress(secret) {
      secrets[secret] = address(secret);
    },
    useLiveKeys() {
      Object.assign(secrets, { alpaca_key_id: live.keyId, alpaca_secret_key: live.secret });
    },
    async say(user, command) {
      const { name, options } = slashOf(command);
      const typed = Object.entries(options).map(([key, text]) => [
        key,
        text === 'true' ? true : text,
      ]);
      const { act } = discord;
      const began = act.slash({ user, command: name, options: Object.fromEntries(typed) });
      const outcome = await began.final;
      if (outcome.kind !== 'modal') return textIn(outcome);
      const form = act.submit({
        user,
        interactionId: began.interactionId,
        values: { word: 'FLATTEN' },
      });
      return textIn(await form.final);
    },
    async close() {
      time.stop();
      ear.closeAllConnections();
      ear.close();
      await Promise.all([paper.close(), live.close(), discord.close()]);
    },
  };
}

function listenTo(heard: string[]): Promise<Server> {
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => {
      body += chunk.toString();
    });
    request.on('end', () => {
      heard.push(`${request.url} ${body}`);
      response.end('ok');
    });
  });
  return new Promise((ready) => server.listen(0, '127.0.0.1', () => ready(server)));
}

function textIn(outcome: Outcome): string {
  if (outcome.kind === 'failed') return `failed: ${outcome.reason}`;
  return 'message' in outcome ? textOfMessage(outcome.message) : outcome.kind;
}

/** Everything that a person reads in it. */
function textOfMessage({ content, embeds }: StoredMessage): string {
  const parts = embeds.flatMap((embed) => [
    textOf(embed, 'title'),
    textOf(embed, 'description'),
    ...listOf(embed, 'fields').flatMap((field) => [textOf(field, 'name'), textOf(field, 'value')]),
  ]);
  return [content, ...parts].filter(Boolean).join('\n');
}
