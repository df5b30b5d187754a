/**
 * Chooses the place of a new message: Rotor's channel; if that is gone or forbidden, the second channel,
 * then the owner. The better place is retried regularly, so no one needs to intervene when it works again.
 */
import { hasElapsed } from '#core/domain/elapsed.ts';
import type { Clock, Log } from '#core/ports.ts';
import { type Channel, ChannelClosed } from '../discord/channel.ts';

/** The places for messages, best first, and the one currently used. */
export interface ChannelFallback {
  /** Tries the places in order. Rejects when none accepts it, or at once when Discord is unreachable. */
  first<T>(attempt: (target: Target) => Promise<T>): Promise<T>;
  /** By id, for messages that exist already. */
  at(channelId: string): Channel;
  /** Introductory sentence of messages in that channel; undefined in Rotor's own channel. */
  sentence(channelId: string): string | undefined;
  /** Why Rotor's channel is currently not used; undefined while it is, and until it is tried again. */
  problem(): string | undefined;
  /** Retries the better places with the next message. */
  retryNow(): void;
}

/** A place to try. */
export interface Target {
  readonly channel: Channel;
  /** Rotor's own channel. */
  readonly home: boolean;
  /** It was closed at the last attempt: only Discord can tell whether it is open again. */
  readonly wasClosed: boolean;
}

/** Dependencies of createChannelFallback. */
export interface ChannelFallbackParts {
  readonly home: Channel;
  /** Best first. Opening one asks Discord and throws `ChannelClosed` where unavailable. */
  readonly others?: readonly FallbackChannel[];
  /** If omitted, a closed place is retried with every message. */
  readonly wall?: Pick<Clock, 'now'> | undefined;
  readonly log: Log;
}

/** A fallback for Rotor's own channel. */
export interface FallbackChannel {
  /** Such as `the second channel`. */
  readonly name: string;
  readonly open: () => Promise<Channel>;
}

interface Closed {
  readonly error: ChannelClosed;
  since: number | undefined;
}

/** Rejected requests count: with too many of them Discord bans the IP address. */
const RETRY_MS = 60_000;

/** Creates the list of places; all count as open until one refuses. */
export function createChannelFallback(parts: ChannelFallbackParts): ChannelFallback {
  const { home, others = [], wall, log } = parts;
  const places: readonly FallbackChannel[] = [
    { name: 'the channel', open: async () => home },
    ...others,
  ];
  const closed = createClosedPlaces(parts);
  /** Threads get no introductory sentence: the message they hang on has it. */
  const away = new Set<string>();

  async function first<T>(attempt: (target: Target) => Promise<T>): Promise<T> {
    let last: ChannelClosed | undefined;
    for (const place of places) {
      const known = closed.of(place);
      last = known?.error ?? last;
      if (known && wall && !hasElapsed(known.since, RETRY_MS, wall.now())) continue;
      const result = await tryAt(place, known !== undefined, attempt);
      if (!(result instanceof ChannelClosed)) return result.value;
      last = result;
    }
    throw last ?? new Error('no channel to send to');
  }

  async function tryAt<T>(
    place: FallbackChannel,
    wasClosed: boolean,
    attempt: (target: Target) => Promise<T>,
  ): Promise<{ readonly value: T } | ChannelClosed> {
    const isHome = place === places[0];
    try {
      const channel = await place.open();
      if (!isHome) away.add(channel.id);
      const value = await attempt({ channel, home: isHome, wasClosed });
      if (closed.open(place)) log.info(`Discord: ${place.name} takes messages again`);
      return { value };
    } catch (error) {
      if (!(error instanceof ChannelClosed)) throw error;
      closed.shut(place, error);
      return error;
    }
  }

  const reason = (): string | undefined => places[0] && closed.of(places[0])?.error.reason;

  return {
    first,
    at: (channelId) => (channelId === home.id ? home : home.at(channelId)),
    sentence: (channelId) => {
      if (!away.has(channelId)) return undefined;
      const why = reason();
      return `-# This is posted here because Rotor cannot post in its channel${why === undefined ? '' : ` (${why})`}.`;
    },
    problem: () => places[0] && closed.problemAt(places[0]),
    retryNow: closed.retryNow,
  };
}

/** Tracks which places refused, why, and until when they are skipped. */
function createClosedPlaces({ wall, log }: Pick<ChannelFallbackParts, 'wall' | 'log'>) {
  const closed = new Map<FallbackChannel, Closed>();
  return {
    of: (place: FallbackChannel) => closed.get(place),
    /** Undefined also while it is to be retried. */
    problemAt: (place: FallbackChannel): string | undefined => {
      const known = closed.get(place);
      if (known?.since === undefined) return undefined;
      return `the desk's channel takes no messages: ${known.error.reason}`;
    },
    /** Returns false when it was already open. */
    open: (place: FallbackChannel): boolean => closed.delete(place),
    shut: (place: FallbackChannel, error: ChannelClosed): void => {
      if (!closed.has(place)) log.warn(`Discord: ${place.name} takes no messages: ${error.reason}`);
      closed.set(place, { error, since: wall?.now() ?? 0 });
    },
    retryNow: (): void => {
      for (const each of closed.values()) each.since = undefined;
    },
  };
}
