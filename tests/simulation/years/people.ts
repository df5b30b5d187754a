/** The people of a simulated desk: those who press what a story says, and one who looks after alerts. */

import type { Activity } from '#core/domain/activity.ts';
import type { AlertTopic } from '#core/domain/alert.ts';
import { sessionAt } from '#core/domain/calendar.ts';
import type { Proposal } from '#core/domain/decision.ts';
import type { Entry } from '#core/domain/entry.ts';
import { epochMs } from '#core/domain/units.ts';
import type { RunningEngine } from '#core/engine/engine.ts';
import { sentence } from '#core/errors.ts';
import { chanceOf } from './chance.ts';
import { createDiscordPeople, type PeopleParts } from './discord-people.ts';
import type { FaultKind } from './kinds.ts';
import type { Approvals } from './order-laws.ts';
import { PLACE, type Presser } from './presses.ts';
import type { Happening } from './story.ts';

/** What people do. */
export interface People extends Approvals {
  /** False where the kind is nothing that people do. */
  act(happening: Happening): boolean;
  /** Something was written down: somebody may have waited for that. */
  told(entry: Entry): void;
  /** The morning round of somebody who was called: alerts that stay open are dealt with. */
  lookAfter(): void;
}

const INES: Presser = { id: '1', name: 'ines', role: PLACE.operator };
const JON: Presser = { id: '2', name: 'jon', role: PLACE.operator };
/** Holds no role at all. */
const MALLORY: Presser = { id: '3', name: 'mallory', role: undefined };
const DAY_MS = 20 * 3_600_000;
/** From an announcement in the evening until soon before its session opens. */
const UNTIL_OPEN_MS = 13 * 3_600_000;

/** The fraction of announcements that somebody confirms where Rotor waits for that. */
const CONFIRMED = 0.9;

/** The fraction of deposits that somebody leaves to the next rebalance, and of those to be invested now. */
const [LEFT, INVESTED] = [0.3, 0.6];
/** Somebody looks at a deposit within this time. */
const UNTIL_SEEN_MS = 8 * 3_600_000;

/** What somebody does once something is written down. */
interface Waiting {
  readonly kinds: readonly Entry['kind'][];
  readonly afterMs: number;
  readonly deed: () => void;
}

/** What was written down stands in Discord by then. */
const TOLD_MS = 2_000;

/** Orders may leave until so long before the close. */
const WINDOW_MS = 15 * 60_000;

/** How long after the plan it is approved, and what makes it. */
interface HowPlanned {
  readonly afterMs?: number;
  readonly plan?: () => Promise<{ readonly kind: string } | Proposal>;
}

export function createPeople(parts: PeopleParts): People {
  const { time, tell } = parts;
  const isAsked = parts.settings.announce.auto === 'approve';

  /** Does it with the engine that answers; a broker's silence is an answer too. */
  function press(what: string, deed: (engine: RunningEngine) => unknown): void {
    const engine = parts.life()?.engine;
    if (!engine) return tell(`${what}: nobody answers`);
    tell(what);
    void attempt(async () => deed(engine), parts);
  }
  const resume = (): void =>
    press('ines resumes', (engine) => {
      const outcome = engine.setState('RUN', INES.name, 'it is over');
      const { state } = engine.book().state;
      if (outcome.kind === 'accepted' && state !== 'RUN')
        parts.report('resume without effect', `ines resumed, the state is ${state}`);
    });
  const discord = createDiscordPeople(parts);
  const waiting = new Set<Waiting>();
  /** Does it so long after one of those is written down next. */
  const wait = (kinds: readonly Entry['kind'][], afterMs: number, deed: () => void): void =>
    void waiting.add({ kinds, afterMs, deed });
  const skipped = new Set<string>();
  const change = (choice: 'delay' | 'skip', pick: number): void => {
    const now = (): void =>
      press(`ines wants ${choice}`, (engine) => {
        const announced = openAnnouncement(engine);
        if (!announced) return;
        const { kind } = engine.changeSchedule(announced, choice, INES.name);
        if (kind === 'accepted' && choice === 'skip') skipped.add(announced.id);
      });
    const isAnnounced = openAnnouncement(parts.life()?.engine) !== undefined;
    if (isAnnounced) now();
    else wait(['announced'], pick * UNTIL_OPEN_MS, now);
  };
  const confirmed = new Set<string>();
  const confirm = (): void =>
    press('ines confirms what was announced', (engine) => {
      const announced = openAnnouncement(engine);
      if (!announced) return;
      const { kind } = engine.changeSchedule(announced, 'run', INES.name);
      if (kind === 'accepted') confirmed.add(announced.id);
    });
  const left: { readonly at: number; readonly cash: number }[] = [];
  const decideOn = ({ id, cash }: Activity, chance: number): void => {
    if (chance < LEFT)
      press('ines leaves a deposit to the next rebalance', (engine) => {
        const { kind } = engine.leaveDeposit(id, INES.name);
        if (kind === 'accepted') left.push({ at: time.now(), cash });
      });
    else if (chance < INVESTED)
      press('ines and jon invest a deposit', (engine) =>
        planned(engine, JON, { afterMs: 60_000, plan: () => engine.investDeposit(id, INES) }),
      );
  };
  const approvals = new Map<string, Set<string>>();
  const approve = (engine: RunningEngine, id: string, by: Presser): Promise<unknown> => {
    approvals.set(id, (approvals.get(id) ?? new Set<string>()).add(by.id));
    return engine.answer(id, 'approved', by);
  };
  const planned = async (
    engine: RunningEngine,
    second: Presser,
    { afterMs = 2_000, plan: make = () => engine.propose(INES) }: HowPlanned = {},
  ): Promise<void> => {
    const plan = await make();
    if ('kind' in plan) return;
    await time.sleep(afterMs);
    await Promise.all([INES, second].map((by) => approve(engine, plan.id, by)));
  };

  const DEEDS: { readonly [K in FaultKind]?: (happening: Happening) => void } = {
    halt({ to }) {
      discord.halt(INES);
      time.at(to, resume);
    },
    'halt-while-sending'({ from, to, pick }) {
      wait(['intent'], pick * 2_000, () => {
        discord.halt(INES);
        // Some go on with what is left only a moment before no order may leave any more.
        const last = (sessionAt(time.now())?.close ?? 0) - WINDOW_MS - pick * 20_000;
        const end = time.now() + to - from;
        time.at(epochMs(pick > 0.7 && last > time.now() ? last : end), resume);
      });
    },
    'halt-twice'({ to }) {
      discord.halt(INES);
      discord.halt(JON);
      time.at(to, resume);
    },
    reduce({ to }) {
      press('ines sets REDUCE', (engine) => engine.setState('REDUCE', INES.name, 'careful'));
      time.at(to, resume);
    },
    pause({ to }) {
      press('ines pauses', (engine) => engine.pause(INES.name, 'holidays'));
      time.at(to, resume);
    },
    flatten({ to }) {
      discord.flatten(INES, 'FLATTEN');
      time.at(to, resume);
    },
    mistyped: () => discord.flatten(INES, 'flaten'),
    'no-rights'({ pick }) {
      discord.meddle(MALLORY, pick);
      wait(['proposal', 'announced'], TOLD_MS + pick * 60_000, () => discord.answer(MALLORY, pick));
    },
    'pressed-again'({ from }) {
      discord.halt(JON, 2);
      time.at(from + 60_000, resume);
    },
    'late-press': () => discord.approveOld(JON),
    'approve-plan': () =>
      press('ines approves a plan', (engine) => planned(engine, JON, { afterMs: 240_000 })),
    'approve-twice': ({ pick }) => {
      const second = pick < 0.5 ? INES : JON;
      press(`ines and ${second.name} approve a plan`, (engine) => planned(engine, second));
    },
    'cancel-all': () =>
      press('ines cancels all orders', (engine) => engine.cancel('all', INES.name)),
    delay: ({ pick }) => change('delay', pick),
    skip: ({ pick }) => change('skip', pick),
  };

  return {
    hasSkipped: (id) => skipped.has(id),
    hasConfirmed: (id) => confirmed.has(id),
    leftSince: (instant) =>
      left.filter(({ at }) => at >= instant).reduce((sum, { cash }) => sum + cash, 0),
    approvedBy: (planId) => approvals.get(planId)?.size ?? 0,
    act(happening) {
      const deed = DEEDS[happening.kind];
      deed?.(happening);
      return deed !== undefined;
    },
    told(entry) {
      const { kind } = entry;
      // What was confirmed was confirmed for that session.
      if (kind === 'announcement-over') confirmed.delete(entry.id);
      if (kind === 'activity' && entry.activity.kind === 'deposit') {
        const { activity } = entry;
        const chance = chanceOf(parts.seed, 'deposit', activity.id);
        const seenIn = chanceOf(parts.seed, 'deposit seen', activity.id) * UNTIL_SEEN_MS;
        time.at(time.now() + seenIn, () => decideOn(activity, chance));
      }
      if (kind === 'announced' && isAsked) {
        const chance = chanceOf(parts.seed, 'confirms', time.now());
        if (chance < CONFIRMED) time.at(time.now() + chance * UNTIL_OPEN_MS, confirm);
      }
      for (const each of [...waiting].filter(({ kinds }) => kinds.includes(kind))) {
        waiting.delete(each);
        time.at(time.now() + each.afterMs, each.deed);
      }
    },
    lookAfter() {
      const engine = parts.life()?.engine;
      if (!engine) return;
      const { alerts, state } = engine.book();
      const old = [...alerts.values()].filter(({ firstAt }) => time.now() - firstAt > DAY_MS);
      const about = (topic: AlertTopic): boolean =>
        old.some(({ alert }) => alert.subject.about === topic);
      for (const { alert } of old) {
        if (alert.subject.about !== 'stuck-order') continue;
        const { clientOrderId } = alert.subject;
        press('ines sets an order aside', () => engine.setAside(clientOrderId, INES.name));
      }
      if (about('calendar') || about('no-decision')) parts.confirmClosings();
      if (about('reconciliation') || about('error'))
        press('ines adopts', () => engine.adopt(INES.name));
      const mayResume = state.state !== 'RUN' && time.now() - state.at > DAY_MS;
      if (mayResume) return void time.at(time.now() + 60_000, resume);
      const isOwed = about('owed-rebalance') && sessionAt(time.now()) !== undefined;
      if (isOwed) press('ines and jon approve a plan', () => planned(engine, JON));
    },
  };
}

function openAnnouncement(engine: RunningEngine | undefined) {
  const book = engine?.book();
  return [...(book?.announcements.values() ?? [])].findLast(
    ({ id, over }) => !over && !book?.rebalances.has(id),
  );
}

/** Whatever goes wrong is said to the person; only what nobody foresaw is a fault of the desk. */
async function attempt(deed: () => Promise<unknown>, { tell, report }: PeopleParts): Promise<void> {
  try {
    await deed();
  } catch (error) {
    tell(`  and hears: ${sentence(error)}`);
    if (error instanceof TypeError || error instanceof RangeError)
      report('surprise', String(error.stack));
  }
}

/** The instant of a person's morning round on that day. */
export function morningOf(open: number): ReturnType<typeof epochMs> {
  return epochMs(open + 75 * 60_000);
}
