/** When a message became owed, in people's time: too late is what comes two minutes after that. */
import type { Recorded } from '#core/domain/entry.ts';
import type { EpochMs } from '#core/domain/units.ts';
import type { Clock } from '#core/ports.ts';

export interface Lateness {
  /** The entry was recorded just now. */
  note(seq: number): void;
  /** The instant of the entry, when telling it now is too late; undefined when it is in time. */
  lateFrom(recorded: Recorded): EpochMs | undefined;
}

const IN_TIME_MS = 2 * 60_000;
/** More than that are never owed at once by a run that is well. */
const KEPT = 100_000;

/** `before`: the last entry of earlier runs; what they left untold is late. */
export function createLateness(pace: Pick<Clock, 'now'>, before: number): Lateness {
  const owedAt = new Map<number, EpochMs>();
  return {
    note: (seq) => {
      owedAt.set(seq, pace.now());
      const [oldest] = owedAt.keys();
      if (owedAt.size > KEPT && oldest !== undefined) owedAt.delete(oldest);
    },
    lateFrom: ({ seq, at }) => {
      const since = owedAt.get(seq);
      const inTime = since === undefined ? seq > before : pace.now() <= since + IN_TIME_MS;
      return inTime ? undefined : at;
    },
  };
}
