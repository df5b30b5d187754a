/** Faults that have to come together for one of them to be met at all in some phase of a rebalance. */
import type { FaultKind } from './kinds.ts';
import type { AwaitedPhase, Phase } from './phases.ts';

/** When a part of a scene begins, and how long it lasts; in minutes, from and to. */
export interface Timing {
  /** After the phase began that the scene waits for; of one that waits for none, after the open. */
  readonly after?: readonly [number, number];
  /** Instead, after the close of that session. */
  readonly afterClose?: readonly [number, number];
  /** Nothing: it happens at one instant. */
  readonly lasts?: readonly [number, number];
}

/** What happens beside the kind that the scene is for. */
export interface Companion extends Timing {
  readonly kind: FaultKind;
}

/** Several faults at chosen times of one session. */
export interface Scene {
  /** What it is, in words; it also names the draws. */
  readonly says: string;
  /** Years that have one of these kinds have the scene, each kind with one of its own. */
  readonly of: readonly FaultKind[];
  /** The phase that all of it waits for; undefined: it happens in any session. */
  readonly phase?: AwaitedPhase;
  /** When the kind itself lasts. */
  readonly own: Timing;
  /** The phases in which it is met there, most times. */
  readonly meets: readonly Phase[];
  readonly beside: readonly Companion[];
}

/** An order that never arrives, and of which nobody knows that. */
const LOST_ORDER: Companion = { kind: 'never-arrives', after: [0, 0], lasts: [0.5, 1] };
/** A person has everything sold: the rebalance ends though one of its orders has not. */
const SOLD: Companion = { kind: 'flatten', after: [1, 2], lasts: [900, 1100] };
const RESTING: Companion = { kind: 'stays-new', after: [0, 0], lasts: [0.5, 1] };

/** They are met by an order that is to be cancelled. */
export const AT_CANCEL: readonly FaultKind[] = [
  'cancel-sticks',
  'fills-while-cancelled',
  'cancel-fails',
];

/** Every scene. */
export const SCENES: readonly Scene[] = [
  {
    says: 'somebody presses in the evening',
    of: ['answers-late', 'stale-open-orders', 'not-tradable'],
    own: { afterClose: [30, 40], lasts: [60, 90] },
    meets: ['closed'],
    beside: [
      { kind: 'mistyped', afterClose: [41, 45] },
      { kind: 'halt', afterClose: [45, 50], lasts: [5, 10] },
    ],
  },
  {
    says: 'the bars of the day cannot be read once they are due',
    of: ['bars-fail'],
    own: { afterClose: [5, 16], lasts: [20, 90] },
    meets: ['closed'],
    beside: [],
  },
  {
    says: 'the machine is off for longer than a month may be caught up',
    of: ['switched-off'],
    own: { after: [-60, 0], lasts: [9_000, 20_000] },
    meets: ['closed'],
    beside: [],
  },
  {
    says: 'somebody has a plan made while the equity contradicts its parts',
    of: ['wrong-equity'],
    own: { after: [8, 10], lasts: [8, 15] },
    meets: ['idle'],
    beside: [{ kind: 'approve-plan', after: [11, 14] }],
  },
  {
    says: 'somebody presses once there is a plan',
    of: ['answers-late'],
    phase: 'planned',
    own: { after: [0, 0], lasts: [5, 10] },
    meets: ['planned'],
    beside: [
      { kind: 'halt', after: [0, 0.02], lasts: [10, 20] },
      { kind: 'no-rights', after: [1, 4] },
    ],
  },
  {
    says: 'a process starts and a person sells before the money of sells may be spent',
    of: ['sells-unsettled'],
    phase: 'selling',
    own: { after: [0, 0], lasts: [60, 400] },
    meets: ['starting', 'planned'],
    beside: [
      { kind: 'stopped', after: [0.5, 3] },
      { kind: 'flatten', after: [5, 8], lasts: [900, 1_100] },
    ],
  },
  {
    says: 'a process starts in the evening and looks for an order of unknown outcome',
    of: ['stale-order', 'unfindable-orders'],
    phase: 'buying',
    own: { afterClose: [0, 20], lasts: [60, 90] },
    meets: ['starting'],
    beside: [
      { ...LOST_ORDER, lasts: [500, 500] },
      { kind: 'stopped', afterClose: [31, 45] },
    ],
  },
  {
    says: 'somebody halts in the evening, and an order that nothing waits for is of unknown outcome',
    of: ['stale-order', 'unfindable-orders'],
    phase: 'buying',
    own: { afterClose: [0, 5], lasts: [60, 90] },
    meets: ['closed'],
    beside: [LOST_ORDER, SOLD, { kind: 'halt', afterClose: [6, 25], lasts: [30, 60] }],
  },
  {
    says: 'somebody halts, and an order that nothing waits for does not go',
    of: AT_CANCEL,
    phase: 'buying',
    own: { after: [6, 7], lasts: [60, 90] },
    meets: ['idle'],
    beside: [
      RESTING,
      SOLD,
      { kind: 'cancel-sticks', after: [0, 0], lasts: [60, 90] },
      { kind: 'halt', after: [8, 20], lasts: [30, 60] },
    ],
  },
  {
    says: 'somebody has everything sold and halts at once, and an older order does not go',
    of: [...AT_CANCEL, 'stale-order', 'unfindable-orders'],
    phase: 'buying',
    own: { after: [0, 0], lasts: [20, 30] },
    meets: ['planned'],
    beside: [
      RESTING,
      { ...SOLD, after: [1, 1] },
      { kind: 'cancel-sticks', after: [0, 0], lasts: [5, 10] },
      { kind: 'halt', after: [1.17, 1.2], lasts: [20, 30] },
    ],
  },
  {
    says: 'somebody halts in the evening, and an order that nothing waits for does not go',
    of: ['cancel-sticks', 'cancel-fails'],
    phase: 'buying',
    own: { afterClose: [-5, 0], lasts: [60, 120] },
    meets: ['closed'],
    beside: [
      RESTING,
      SOLD,
      { kind: 'cancel-sticks', after: [0, 0], lasts: [500, 600] },
      { kind: 'outlives-session', after: [0, 0], lasts: [1_500, 3_000] },
      { kind: 'halt', afterClose: [10, 25], lasts: [30, 60] },
    ],
  },
  ...(['selling', 'buying'] as const).map(
    (phase): Scene => ({
      says: `an order of the ${phase} outlives its session, and a process starts`,
      of: ['outlives-session'],
      phase,
      own: { after: [0, 0], lasts: [1_500, 4_000] },
      meets: [phase, 'starting'],
      beside: [
        RESTING,
        { kind: 'cancel-sticks', after: [0, 0], lasts: [1_500, 4_000] },
        { kind: 'stopped', afterClose: [31, 90] },
      ],
    }),
  ),
  {
    says: 'an order that nothing waits for outlives its session, and there is another plan',
    of: ['outlives-session'],
    phase: 'buying',
    own: { after: [0, 0], lasts: [2_500, 4_000] },
    meets: ['closed', 'idle', 'planned'],
    beside: [
      RESTING,
      SOLD,
      { kind: 'cancel-sticks', after: [0, 0], lasts: [2_500, 4_000] },
      { kind: 'halt', afterClose: [1_060, 1_070], lasts: [5, 10] },
      { kind: 'approve-plan', afterClose: [1_090, 1_200] },
    ],
  },
];
