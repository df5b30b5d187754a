/** People who press in Discord, with rights and without, and what must come of it. */

import type { Entry } from '#core/domain/entry.ts';
import { CLIENT_ORDER_PREFIX, isFinal } from '#core/domain/order.ts';
import { epochMs } from '#core/domain/units.ts';
import type { Config } from '#src/config/types.ts';
import type { Discord } from './discord.ts';
import type { Exchange } from './exchange.ts';
import type { Faults } from './faults.ts';
import { areaOf, FAULT_KINDS, type FaultKind } from './kinds.ts';
import type { Life } from './life.ts';
import { createPresses, type Press, type Presser } from './presses.ts';
import type { Report } from './violations.ts';
import type { VirtualTime } from './virtual-time.ts';

/** Whom people talk to. */
export interface PeopleParts {
  readonly seed: number;
  readonly settings: Config;
  readonly time: VirtualTime;
  readonly faults: Faults;
  readonly exchange: Exchange;
  readonly discord: Pick<Discord, 'standing'>;
  /** The process that answers; undefined while none does. */
  readonly life: () => Life | undefined;
  /** Adds the days on which the exchange stayed shut to CLOSED_DAYS, and starts the process again. */
  readonly confirmClosings: () => void;
  /** Whether nothing can be written down now. */
  readonly isExcused: () => boolean;
  readonly tell: (text: string) => void;
  readonly report: Report;
}

/** What is pressed. */
export interface DiscordPeople {
  /** HALT holds before anything else happens. @param times Discord delivers it so often. */
  halt(by: Presser, times?: number): void;
  /** Asks for everything to be sold, and types that word. */
  flatten(by: Presser, word: string): void;
  /** Presses the button of a plan that is over. */
  approveOld(by: Presser): void;
  /** Presses one of the things that change something. */
  meddle(by: Presser, pick: number): void;
  /** Presses one of the buttons that stand in the channel, of the newest messages that have some. */
  answer(by: Presser, pick: number): void;
}

const REASON = new Map([['reason', 'as the story says']]);
const WORD = 'FLATTEN';
const MESSAGES_LOOKED_AT = 3;
const COMMANDS = ['halt', 'resume', 'reduce', 'pause', 'rebalance', 'flatten', 'adopt', 'cancel'];
/** An order is gone so soon where nothing keeps it, and what kept it is over for so long. */
const [HALTED_MS, HELD_MS] = [15_000, 600_000];
/** What the bot says where nothing came of a press. */
const FAILED = ['That failed unexpectedly', 'That could not be done'];
/** With them an order may stay open however often it is asked to go, or nobody knows that it is there. */
const HELD_OPEN: readonly FaultKind[] = [
  ...(['broker-down', 'broker-flaky', 'rate-limited', 'slow-broker', 'wrong-row'] as const),
  ...(['stale-open-orders', 'stale-orders', 'stale-order', 'unfindable-orders'] as const),
  ...(['order-unseen', 'never-arrives', 'answer-lost', 'held-back', 'outlives-session'] as const),
  ...(['cancel-sticks', 'cancel-fails', 'fills-while-cancelled'] as const),
  ...FAULT_KINDS.filter((kind) => areaOf(kind) === 'machine'),
];
/** Who has no rights: no entry but that of the attempt names them. */
const STRANGER = 'mallory';

/** Presses reach the process that answers; none arrive while Discord is away. */
export function createDiscordPeople(parts: PeopleParts): DiscordPeople {
  const { faults, tell, report } = parts;
  const presses = createPresses(faults);

  function reached(what: string): Life | undefined {
    const down = faults.on('discord-down');
    const life = down ? undefined : parts.life();
    if (down) faults.met(down);
    tell(life?.router ? what : `${what}: nobody answers`);
    return life?.router && life;
  }
  async function pressed(life: Life, press: Press, times = 1): Promise<readonly string[]> {
    const { router, fuse } = life;
    const answers = router ? await presses.press({ router, fuse }, press, times) : [];
    for (const answer of answers) tell(`  ${press.by.name} reads: ${titleOf(answer)}`);
    return answers;
  }
  async function sellAll(life: Life, by: Presser, word: string): Promise<void> {
    const [form] = await pressed(life, { by, kind: 'command', name: 'flatten', options: REASON });
    const id = form && idOf(form);
    if (id === undefined || !life.isUp()) return;
    const options = new Map([['word', word]]);
    const [answer] = await pressed(life, { by, kind: 'form', name: id, options });
    const isWarned = answer?.includes('Nothing was sold') ?? true;
    // On a full disk nothing can be recorded, so that the press fails.
    if (word !== WORD && !isWarned && !parts.isExcused())
      report('sold by a mistyped word', titleOf(answer ?? ''));
  }

  function attempt(by: Presser, names: readonly string[], pick: number): void {
    const name = names[Math.floor(pick * names.length)];
    const life = name === undefined ? undefined : reached(`${by.name} tries ${name}`);
    if (!life || name === undefined) return;
    const kind = name.includes(':') ? 'component' : 'command';
    void pressed(life, { by, kind, name, options: REASON });
  }

  return {
    halt(by, times = 1) {
      const life = reached(`${by.name} presses HALT`);
      if (!life) return;
      const answers = pressed(life, { by, kind: 'command', name: 'halt', options: REASON }, times);
      const state = life.book()?.state.state;
      if (state !== 'HALT' && life.isUp() && !parts.isExcused())
        report('HALT without effect', `${by.name} pressed it, the state is ${state}`);
      parts.time.at(parts.time.now() + HALTED_MS, () => checkWithdrawn(parts, life));
      void answers.then((each) => checkTaken(report, each));
    },
    flatten(by, word) {
      const life = reached(`${by.name} wants everything sold and types ${word}`);
      if (life) void sellAll(life, by, word);
    },
    approveOld(by) {
      const plans = [...(parts.life()?.book()?.proposals.values() ?? [])];
      const old = plans.find(({ answer }) => answer === undefined || answer === 'expired');
      const id = old?.proposal.id;
      const isOver = (old?.proposal.expiresAt ?? Number.POSITIVE_INFINITY) < parts.time.now();
      const life = isOver ? reached(`${by.name} approves the plan ${id} of long ago`) : undefined;
      if (!life) return;
      const press = { by, kind: 'component', name: `rebalance:approve:${id}` } as const;
      void pressed(life, press).then(() => {
        if (life.book()?.proposals.get(id ?? '')?.answer === 'approved')
          report('old plan approved', `${id}`);
      });
    },
    meddle: (by, pick) => attempt(by, [...COMMANDS, ...newestButtons(parts)], pick),
    answer: (by, pick) => attempt(by, newestButtons(parts), pick),
  };
}

function newestButtons({ discord }: PeopleParts): readonly string[] {
  const offered = discord.standing().filter(({ buttons }) => buttons.length > 0);
  return offered.slice(-MESSAGES_LOOKED_AT).flatMap(({ buttons }) => buttons);
}

/** Some seconds after HALT no order of the desk is open, while nothing keeps it from being cancelled. */
function checkWithdrawn({ time, faults, exchange, report }: PeopleParts, life: Life): void {
  const { state, at } = life.book()?.state ?? {};
  // What people set in between may have let orders leave; a later HALT is looked at by itself.
  const isOld = at !== undefined && life.now() - at >= HALTED_MS;
  if (
    !life.isUp() ||
    state !== 'HALT' ||
    !isOld ||
    faults.since(epochMs(time.now() - HELD_MS), HELD_OPEN)
  )
    return;
  const open = exchange.fake.accepted.filter(
    (order) => !isFinal(order) && order.clientOrderId.startsWith(CLIENT_ORDER_PREFIX),
  );
  if (open.length > 0)
    report('orders left after HALT', open.map(({ clientOrderId }) => clientOrderId).join(', '));
}

/** A press that Discord delivers again is left alone; one that failed was not taken. */
export function checkTaken(report: Report, answers: readonly string[]): void {
  const taken = answers.filter((answer) => !FAILED.some((words) => answer.includes(words)));
  if (taken.length > 1) report('press taken twice', taken.map(titleOf).join(', '));
}

/** The only trace of somebody without rights is that they tried. */
export function checkRights(report: Report, entry: Entry): void {
  if ('by' in entry && entry.by === STRANGER)
    report('acted without rights', `${entry.kind} by ${STRANGER}`);
}

function titleOf(answer: string): string {
  return /"(?:title|description|content)":"([^"]{1,120})/.exec(answer)?.[1] ?? answer.slice(0, 120);
}

function idOf(form: string): string | undefined {
  return /^\{"id":"([^"]+)"/.exec(form)?.[1];
}
