/** What happens in a simulated year: drawn once, before anything runs, so that parts can be left out. */
import type { Session } from '#core/domain/calendar.ts';
import { type EpochMs, epochMs } from '#core/domain/units.ts';
import { drawsOf, pickOf } from './chance.ts';
import { areaOf, FAULT_KINDS, type FaultKind, ruleOf } from './kinds.ts';
import { AWAITED_PHASES, type AwaitedPhase } from './phases.ts';
import { type Companion, SCENES, type Scene } from './scenes.ts';
import { type Changes, drawSettings } from './settings.ts';
import { trueSessions } from './true-calendar.ts';

/** One thing that happens. */
export interface Happening {
  readonly kind: FaultKind;
  readonly from: EpochMs;
  /** Equal to `from` where it happens at one instant. */
  readonly to: EpochMs;
  /** From 0 to below 1: which ticker, how much. */
  readonly pick: number;
  /** It waits from `from` on for that phase of a rebalance, begins in it and lasts as long as said. */
  readonly during?: Awaited;
}

/** A phase that something waits for, and how long after its beginning it begins itself. */
export interface Awaited {
  readonly phase: AwaitedPhase;
  readonly afterMs: number;
  /** It begins so long after the close of the session in which the phase does. */
  readonly ofClose?: boolean;
}

/** A year before it runs. */
export interface Story {
  readonly seed: number;
  /** What the people of the desk set. */
  readonly settings: Changes;
  readonly sessions: readonly Session[];
  readonly happenings: readonly Happening[];
}

const FIRST_YEAR = 2021;
const YEARS = 22;
const SESSIONS_A_YEAR = 252;
const MINUTE_MS = 60_000;
/** Parts of all kinds that a year may have: where everything is wrong at once little is found out. */
const PRESENT = [0.06, 0.15, 0.3] as const;
/** The fraction that begins around a rebalance; the others begin at any time. */
const AT_REBALANCE = 0.75;
/** The fraction of those that wait for a phase of it, whose few seconds are rarely met by chance. */
const AWAITS_PHASE = 0.8;
/** Of pauses fewer: what they hold up has not begun. */
const PAUSES_AWAIT = 0.3;
/** A phase of a rebalance takes seconds while nothing goes wrong. */
const WITHIN_MS = 20_000;

/** How often a year that has a kind has a scene of it. */
const SCENES_A_YEAR = 2;
/** In parts of a year things happen so much closer together. */
const DENSER = 3;

/**
 * The same story for the same seed and length.
 * @param most the number of sessions to take, starting anywhere in the year; the whole year by default.
 * @param always kinds that every story has; the others stay as they would be without.
 * @param set settings that every story has, beside its own.
 */
export function drawStory(
  seed: number,
  most = Number.POSITIVE_INFINITY,
  always: readonly FaultKind[] = [],
  set: Changes = {},
): Story {
  const year = FIRST_YEAR + Math.floor(drawsOf(seed, 'year')() * YEARS);
  const whole = trueSessions(year);
  const first = Math.floor(drawsOf(seed, 'first')() * Math.max(0, whole.length - most + 1));
  const sessions = whole.slice(most < whole.length ? first : 0).slice(0, most);
  const part = pickOf(PRESENT, drawsOf(seed, 'part')()) ?? 0;
  const present = FAULT_KINDS.filter(
    (kind) => always.includes(kind) || drawsOf(seed, 'present', kind)() < part,
  );
  const happenings = present
    .flatMap((kind) => [
      ...drawKind(seed, kind, sessions),
      ...SCENES.filter(({ of }) => of.includes(kind)).flatMap((scene) =>
        drawScene(seed, kind, scene, sessions),
      ),
    ])
    .toSorted((a, b) => a.from - b.from);
  return { seed, settings: { ...drawSettings(seed), ...set }, sessions, happenings };
}

function drawKind(
  seed: number,
  kind: FaultKind,
  sessions: readonly Session[],
): readonly Happening[] {
  const draw = drawsOf(seed, kind);
  const starts = startsOf(sessions);
  const { perYear, lasts, idleOnly } = ruleOf(kind);
  return Array.from({ length: countOf(perYear, sessions, draw) }, () => {
    const near = !idleOnly && draw() < AT_REBALANCE;
    const session = pickOf(near ? starts : sessions, draw()) ?? sessions[0];
    const place = draw();
    const [least, most] = lasts ?? [0, 0];
    const minutes = least + (most - least) * draw() ** 2;
    const pick = draw();
    const during = near ? awaited(kind, draw) : undefined;
    const from = near && !during ? nearStart(session, place) : anyTime(session, during ? 0 : place);
    const to = epochMs(from + Math.round(minutes * MINUTE_MS));
    return { kind, from, to, pick, ...(during && { during }) };
  });
}

function countOf(perYear: number, sessions: readonly Session[], draw: () => number): number {
  const share = Math.min(1, (DENSER * sessions.length) / SESSIONS_A_YEAR);
  return Math.max(1, Math.round(perYear * 2 * share * draw()));
}

/** One kind's happenings in a scene, and those that come with it. */
export function drawScene(
  seed: number,
  kind: FaultKind,
  scene: Scene,
  sessions: readonly Session[],
): readonly Happening[] {
  const draw = drawsOf(seed, kind, scene.says);
  const days = scene.phase ? startsOf(sessions) : sessions;
  const parts = [{ ...scene.own, kind }, ...scene.beside];
  return Array.from({ length: countOf(SCENES_A_YEAR, sessions, draw) }, () => {
    const session = pickOf(days, draw()) ?? sessions[0];
    return parts.map((part) => drawPart(scene, part, session, draw));
  }).flat();
}

/** The sessions on which rebalances begin: the second of all, and the first of each month. */
function startsOf(sessions: readonly Session[]): readonly Session[] {
  return sessions.filter(
    ({ date }, index) => date.slice(0, 7) !== sessions[index - 1]?.date.slice(0, 7) || index === 1,
  );
}

function drawPart(
  { phase }: Scene,
  { kind, after, afterClose, lasts }: Companion,
  session: Session | undefined,
  draw: () => number,
): Happening {
  const within = ([least, most]: readonly [number, number]): number =>
    Math.round((least + (most - least) * draw()) * MINUTE_MS);
  const afterMs = within(afterClose ?? after ?? [0, 0]);
  const lastsMs = within(lasts ?? [0, 0]);
  const base = afterClose ? session?.close : session?.open;
  const from = phase ? anyTime(session, 0) : epochMs((base ?? 0) + afterMs);
  const during = phase && { phase, afterMs, ...(afterClose && { ofClose: true }) };
  const to = epochMs(from + lastsMs);
  return { kind, from, to, pick: draw(), ...(during && { during }) };
}

/** Bars are read before there is a plan: what is wrong with them waits for nothing. */
function awaited(kind: FaultKind, draw: () => number): Awaited | undefined {
  const share = kind === 'pause' ? PAUSES_AWAIT : AWAITS_PHASE;
  const [isAwaiting, which, late] = [draw() < share, draw(), draw()];
  const phase = pickOf(AWAITED_PHASES, which);
  if (!isAwaiting || areaOf(kind) === 'bars' || !phase) return undefined;
  return { phase, afterMs: Math.round(late ** 3 * WITHIN_MS) };
}

/** From a minute before orders may leave to half an hour after, the first minutes the likeliest. */
function nearStart(session: Session | undefined, place: number): EpochMs {
  const opens = (session?.open ?? 0) + 5 * MINUTE_MS;
  return epochMs(Math.round(opens - MINUTE_MS + place ** 4 * 31 * MINUTE_MS));
}

/** From two hours before the open to three after the close. */
function anyTime(session: Session | undefined, place: number): EpochMs {
  const from = (session?.open ?? 0) - 120 * MINUTE_MS;
  const to = (session?.close ?? 0) + 180 * MINUTE_MS;
  return epochMs(Math.round(from + place * (to - from)));
}
