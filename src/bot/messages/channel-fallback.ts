/**
 * Where a new message goes: to the desk's channel; where that is gone or forbidden, to the second
 * one, then to the owner. Every so often the better place is tried again, so the way back needs nobody.
 */
import type { Clock, Log } from '#core/ports.ts';
import { type Channel, ChannelClosed } from '../discord/channel.ts';

/** The places for messages, best first, and which of them is used at present. */
export interface ChannelFallback {
  /** Tries the places in order. Rejects when none takes it, or at once when Discord is away. */
  first<T>(attempt: (target: Target) => Promise<T>): Promise<T>;
  /** By id, for what stands there already. */
  at(channelId: string): Channel;
  /** What a message that stands in that channel says first; undefined in the desk's own. */
  sentence(channelId: string): string | undefined;
  /** Why the desk's channel is not used at present; undefined while it is. */
  problem(): string | undefined;
  /** The better places are tried again with the next message. */
  retryNow(): void;
}

/** A place that is tried. */
export interface Target {
  readonly channel: Channel;
  /** The desk's own channel. */
  readonly home: boolean;
  /** It was closed when it was tried last: only Discord can say that it is open again. */
  readonly wasClosed: boolean;
}

/** The places, and what they are watched with. */
export interface ChannelFallbackParts {
  readonly home: Channel;
  /** Best first. Opening one asks Discord, and throws `ChannelClosed` where it cannot be had. */
  readonly others?: readonly FallbackChannel[];
  /** Without one a closed place is tried again with every message. */
  readonly wall?: Pick<Clock, 'now'> | undefined;
  readonly log: Log;
}

/** A place behind the desk's own channel. */
export interface FallbackChannel {
  /** `the second channel`. */
  readonly name: string;
  readonly open: () => Promise<Channel>;
}

interface Closed {
  readonly error: ChannelClosed;
  until: number;
}

/** Refused requests count: too many of them, and Discord closes the door on the whole address. */
const RETRY_MS = 60_000;

/** Makes the ladder of places; all are taken for open until one of them refuses. */
export function createChannelFallback(parts: ChannelFallbackParts): ChannelFallback {
  const { home, others = [], wall, log } = parts;
  const places: readonly FallbackChannel[] = [
    { name: 'the channel', open: async () => home },
    ...others,
  ];
  const closed = createClosedPlaces(parts);
  /** Channels of threads have no sentence: their message above them has. */
  const away = new Set<string>();

  async function first<T>(attempt: (target: Target) => Promise<T>): Promise<T> {
    let last: ChannelClosed | undefined;
    for (const place of places) {
      const known = closed.of(place);
      last = known?.error ?? last;
      if (known && wall && wall.now() < known.until) continue;
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
    problem: () => {
      const why = reason();
      return why === undefined ? undefined : `the desk's channel takes no messages: ${why}`;
    },
    retryNow: closed.retryNow,
  };
}

/** Which places refused, why, and until when they are left alone. */
function createClosedPlaces({ wall, log }: Pick<ChannelFallbackParts, 'wall' | 'log'>) {
  const closed = new Map<FallbackChannel, Closed>();
  return {
    of: (place: FallbackChannel) => closed.get(place),
    /** False when it was open anyway. */
    open: (place: FallbackChannel): boolean => closed.delete(place),
    shut: (place: FallbackChannel, error: ChannelClosed): void => {
      if (!closed.has(place)) log.warn(`Discord: ${place.name} takes no messages: ${error.reason}`);
      closed.set(place, { error, until: (wall?.now() ?? 0) + RETRY_MS });
    },
    retryNow: (): void => {
      for (const each of closed.values()) each.until = 0;
    },
  };
}
