/** A loopback Alpaca, a loopback Discord, and the page that shows both. */
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Bars } from '#core/domain/bar.ts';
import { isFirstOfMonth, parseSession, sessionOffset, sessionsIn } from '#core/domain/calendar.ts';
import { newYorkDate } from '#core/domain/new-york.ts';
import { epochMs, type SessionDate } from '#core/domain/units.ts';
import { instruments, UNIVERSE } from '#core/domain/universe.ts';
import { TradingError } from '#core/errors.ts';
import { readFolder } from '#core/market/files/folder.ts';
import { createMarketTime, type MarketTime } from '#core/market-time/market-time.ts';
import { realNow, realTimers } from '#core/market-time/real-timers.ts';
import { SPEEDS, type SpeedName } from '#core/market-time/time-scale.ts';
import { createSandboxAlpaca, type SandboxAlpaca } from './alpaca/server.ts';
import type { RateLimits } from './discord/rate-limits.ts';
import { createSandboxDiscord, type SandboxDiscord } from './discord/server.ts';
import { createActivity } from './pace/activity.ts';
import { askDesk, freePort } from './pace/desk.ts';
import { createPace, type Pace } from './pace/pace.ts';
import { createReached } from './pace/reached.ts';
import { createPageLevers } from './page/levers.ts';
import { mountPage } from './page/server.ts';
import { lockState } from './state-lock.ts';

interface SandboxParts {
  /** Folder of the bars to replay. */
  readonly bars: string;
  readonly port: number;
  readonly speed: SpeedName;
  readonly stateDir: string;
  /** Port of Rotor's health server; a free one by default, also for 0, as the market asks there. */
  readonly healthPort?: number | undefined;
  /** Discord's own by default. */
  readonly rateLimits?: RateLimits;
  /** Number of latest messages kept per channel; 500 by default. */
  readonly messagesKept?: number;
  /** The market does not wait for Rotor, like the real one. */
  readonly outruns?: boolean;
}

/** Both services and their page, running. */
export interface Sandbox {
  /**
   * The variables that `.env` would contain: both base addresses, keys, token, ids of channel and roles.
   */
  readonly environment: Readonly<Record<string, string>>;
  readonly pageUrl: string;
  /** Description of the bars its market replays. */
  readonly label: string;
  close(): Promise<void>;
}

/** Two years of bars remain to be replayed, so that a person can watch many months. */
const SESSIONS_AHEAD = 504;
const SEED = 20_261_120;

/**
 * Starts the whole sandbox.
 * @throws TradingError when the bars cannot be replayed, OccupiedError when another sandbox uses the
 * folder, EADDRINUSE when the port is taken
 */
export async function createSandbox(parts: SandboxParts): Promise<Sandbox> {
  // Nothing is read or written before the folder is locked.
  const lock = lockState(parts.stateDir);
  try {
    const { close, ...sandbox } = await openSandbox(parts);
    return { ...sandbox, close: () => close().finally(lock.release) };
  } catch (error) {
    lock.release();
    throw error;
  }
}

async function openSandbox(parts: SandboxParts): Promise<Sandbox> {
  const folders = {
    alpaca: join(parts.stateDir, 'alpaca'),
    discord: join(parts.stateDir, 'discord'),
  };
  for (const folder of Object.values(folders)) mkdirSync(folder, { recursive: true });
  const bars = await readBars(parts.bars);
  const last = lastCommon(bars);
  const time = createMarketTime({
    start: startOf(last),
    end: last,
    speed: SPEEDS[parts.speed],
    realNow,
  });
  let pace: Pace | undefined;
  const asked = createActivity();
  const alpaca = await createSandboxAlpaca({
    bars,
    time,
    onActivity: asked.begin,
    mayAnswer: async () => pace?.standstill(),
    seed: SEED,
    stateDir: folders.alpaca,
  });
  const discord = await createSandboxDiscord({
    ...(parts.rateLimits && { rateLimits: parts.rateLimits }),
    ...(parts.messagesKept !== undefined && { messagesKept: parts.messagesKept }),
    port: parts.port,
    stateFile: join(folders.discord, 'discord.sqlite'),
    realNow,
    shownNow: time.now,
  });
  const healthPort = await healthPortOf(parts.healthPort);
  pace = parts.outruns
    ? undefined
    : createPace({
        ...{ time, timers: realTimers, asked },
        isFollowed: () => alpaca.followers() > 0,
        isTrading: alpaca.isTrading,
        askDesk: () => askDesk(healthPort),
      });
  const label = parts.bars.endsWith('sample') ? 'sample data' : 'replayed bars';
  const page = await mountPage({ discord, market: marketOf(time, label, alpaca) });
  return {
    environment: {
      ...addressesOf(alpaca, discord),
      STATE_DIR: parts.stateDir,
      ...(pace && { HEALTH_PORT: String(healthPort) }),
      // People who try Rotor want to see it trade at once.
      FIRST_REBALANCE: 'now',
    },
    pageUrl: page.url,
    label,
    async close() {
      pace?.close();
      time.stop();
      await Promise.all([alpaca.close(), discord.close()]);
    },
  };
}

/** With 0, no server, the market could not ask Rotor and would outrun it. */
async function healthPortOf(wanted = 0): Promise<number> {
  return wanted === 0 ? freePort() : wanted;
}

function addressesOf(alpaca: SandboxAlpaca, discord: SandboxDiscord): Record<string, string> {
  return {
    ALPACA_KEY_ID: alpaca.keyId,
    ALPACA_SECRET_KEY: alpaca.secret,
    ALPACA_API_BASE: alpaca.url,
    DISCORD_TOKEN: discord.token,
    DISCORD_API_BASE: discord.apiBase,
    DISCORD_GUILD_ID: discord.guildId,
    DISCORD_CHANNEL_ID: discord.channelId,
    DISCORD_FALLBACK_CHANNEL_ID: discord.fallbackChannelId,
    DISCORD_OWNER_ID: discord.ownerId,
    VIEWER_ROLE_ID: discord.roles.viewer,
    OPERATOR_ROLE_ID: discord.roles.operator,
    APPROVER_ROLE_ID: discord.roles.approver,
    ADMIN_ROLE_ID: discord.roles.admin,
    ALERT_ROLE_ID: discord.roles.alert,
  };
}

async function readBars(folder: string): Promise<Bars> {
  if (!existsSync(folder)) {
    throw new TradingError(`SANDBOX_BARS: no folder ${folder}`, 'fix-config');
  }
  const tickers = instruments(UNIVERSE).map(({ ticker }) => ticker);
  const latest = newYorkDate(realNow());
  const { bars, refused } = await readFolder({ folders: [folder], tickers, latest });
  const missing = tickers.filter((ticker) => !bars.has(ticker));
  if (missing.length > 0) {
    const why = missing.map((ticker) => `${ticker}: ${refused.get(ticker) ?? 'no file'}`);
    throw new TradingError(
      `SANDBOX_BARS: cannot replay ${folder}: ${why.join('; ')}`,
      'fix-config',
    );
  }
  return bars;
}

/** The last session that every ticker has. */
function lastCommon(bars: Bars): SessionDate {
  const last = [...bars.values()].flatMap((history) => history.dates.slice(-1)).sort()[0];
  if (!last) throw new TradingError('SANDBOX_BARS: the folder holds no bars', 'fix-config');
  return last;
}

/** About two years before the end, two minutes before orders may be sent, days before a new month. */
function startOf(last: SessionDate): ReturnType<typeof epochMs> {
  const around = sessionOffset(last, -SESSIONS_AHEAD).date;
  const first = sessionsIn(around, last).find(({ date }) => isFirstOfMonth(date));
  const session = first ? sessionOffset(first.date, -3) : parseSession(around);
  return epochMs(session.open + 3 * 60_000);
}

function marketOf(
  time: MarketTime,
  label: string,
  { levers, apply }: SandboxAlpaca,
): Parameters<typeof mountPage>[0]['market'] {
  const names = Object.keys(SPEEDS) as SpeedName[];
  return {
    now: time.now,
    speed: () => names.find((name) => SPEEDS[name] === time.speed()) ?? 'minute',
    setSpeed: (name) => time.setSpeed(SPEEDS[name]),
    onChange: (listener) => {
      levers.onChange(listener);
      return time.onChange(() => listener());
    },
    levers: createPageLevers(
      levers,
      apply,
      instruments(UNIVERSE).map(({ ticker }) => ticker),
    ),
    reached: createReached(time, realNow),
    label,
  };
}
