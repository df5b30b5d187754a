/** Which faults are there now, and which of them were met in which phase of a rebalance. */
import { type EpochMs, epochMs } from '#core/domain/units.ts';
import { FAULT_KINDS, type FaultKind } from './kinds.ts';
import type { Phase } from './phases.ts';
import type { Happening, Story } from './story.ts';

/** How often each kind was met in each phase. */
export type Sometimes = Map<FaultKind, Map<Phase, number>>;

/** The faults of a world. */
export interface Faults {
  /** The happening of that kind that lasts now; being asked counts as meeting it unless `quiet`. */
  on(kind: FaultKind): Happening | undefined;
  /** It was met: counted once for each happening and phase. */
  met(happening: Happening): void;
  /** What waited for its time is there from now on. */
  begin(happening: Happening): void;
  /** Everything that began or is to begin at an instant of its own. */
  readonly begun: readonly Happening[];
  /** Whether one of those kinds lasted at some time since the instant. */
  since(instant: EpochMs, kinds?: readonly FaultKind[]): boolean;
  readonly sometimes: Sometimes;
}

/** `phase` is asked whenever a fault is met. */
export function createFaults(
  { happenings }: Story,
  now: () => EpochMs,
  phase: () => Phase,
  tell: (happening: Happening, phase: Phase) => void,
): Faults {
  const begun = happenings.filter(({ during }) => during === undefined);
  const byKind = Map.groupBy(begun, ({ kind }) => kind);
  const sometimes: Sometimes = new Map();
  const counted = new Map<Happening, Set<Phase>>();
  return {
    sometimes,
    begun,
    begin(happening) {
      begun.push(happening);
      byKind.set(happening.kind, [...(byKind.get(happening.kind) ?? []), happening]);
    },
    on: (kind) => byKind.get(kind)?.find(({ from, to }) => from <= now() && now() < to),
    met(happening) {
      const at = phase();
      const phases = counted.get(happening) ?? new Set();
      if (phases.has(at)) return;
      counted.set(happening, phases.add(at));
      const counts = sometimes.get(happening.kind) ?? new Map<Phase, number>();
      sometimes.set(happening.kind, counts.set(at, (counts.get(at) ?? 0) + 1));
      tell(happening, at);
    },
    since: (instant, kinds = FAULT_KINDS) =>
      kinds.some((kind) =>
        byKind.get(kind)?.some(({ from, to }) => from <= now() && to >= instant),
      ),
  };
}

const RESTORED_MS = 30 * 86_400_000;

/**
 * Whether a backup was restored in these days: Rotor lacks what came after it, halts by itself and names
 * what it lacks, until a person has looked.
 */
export function isRestored({ since }: Pick<Faults, 'since'>, now: EpochMs): boolean {
  return since(epochMs(now - RESTORED_MS), ['backup-stays']);
}
