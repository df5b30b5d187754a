/**
 * Everything that can be asked of the desk × who asks × where × in which trading state, through the
 * real router. The expectation is written down here by hand and knows nothing of the code's tables.
 */
import { describe, expect, it } from 'vitest';
import type { Asker } from '#bot/interactions/access.ts';
import type { Command } from '#bot/interactions/command.ts';
import type { Access } from '#bot/interactions/command-access.ts';
import type { Request } from '#bot/interactions/request.ts';
import { createRouter } from '#bot/interactions/router.ts';
import { notice } from '#bot/post.ts';
import { COMMANDS } from '#commands/list.ts';
import type { Entry } from '#core/domain/entry.ts';
import type { Journal } from '#core/ports.ts';
import { MODELS } from '#models/list.ts';
import { leapingClock } from '#tests/support/clock.ts';
import { handEngine, NOW } from '#tests/support/desk.ts';
import { memoryJournal } from '#tests/support/journal.ts';
import { silentLog } from '#tests/support/log.ts';

/** What everything needs at least. */
const NEEDS: Readonly<Record<Request['kind'], Readonly<Record<string, Access>>>> = {
  command: {
    status: 'viewer',
    health: 'viewer',
    rankings: 'viewer',
    positions: 'viewer',
    performance: 'viewer',
    orders: 'viewer',
    fills: 'viewer',
    models: 'viewer',
    regime: 'viewer',
    explain: 'viewer',
    preview: 'viewer',
    backlog: 'viewer',
    report: 'viewer',
    daily: 'viewer',
    weekly: 'viewer',
    monthly: 'viewer',
    costs: 'viewer',
    income: 'viewer',
    tax: 'viewer',
    evidence: 'viewer',
    parity: 'viewer',
    backtest: 'viewer',
    whatif: 'viewer',
    data: 'viewer',
    version: 'viewer',
    help: 'viewer',
    rebalance: 'operator',
    raise: 'operator',
    shadow: 'operator',
    pause: 'operator',
    reduce: 'operator',
    halt: 'operator',
    cancel: 'operator',
    resume: 'approver',
    flatten: 'approver',
    adopt: 'approver',
    'lot-cost': 'admin',
    audit: 'admin',
    config: 'admin',
    notify: 'admin',
    export: 'admin',
  },
  component: {
    'rebalance:approve:p1': 'approver',
    'rebalance:reject:p1': 'operator',
    'announced:run:x': 'approver',
    'announced:delay:x': 'approver',
    'announced:skip:x': 'approver',
    'announced:why:x': 'viewer',
    'evidence:show:luck': 'viewer',
    'evidence:open': 'viewer',
    'evidence:read:x': 'approver',
    'raise:release': 'approver',
    'deposit:now:x': 'approver',
    'deposit:later:x': 'approver',
    'notify-me': 'approver',
    'shadow:approve:x': 'approver',
    'shadow:reject:x': 'operator',
    'alert:ack:x': 'operator',
    'external:adopt:x': 'approver',
    'external:ignore:x': 'operator',
    'books:adopt:x': 'approver',
    'order:set-aside:x': 'approver',
    'flatten-back:x': 'approver',
    'orders:all:2': 'viewer',
    'fills:2': 'viewer',
    'backlog:2': 'viewer',
    'data:2': 'viewer',
    'ask:positions': 'viewer',
    'turn:performance:window=1W': 'viewer',
    'audit:2': 'admin',
  },
  form: { 'flatten:x': 'approver' },
  completion: {
    backtest: 'viewer',
    shadow: 'operator',
    rankings: 'viewer',
    explain: 'viewer',
    cancel: 'operator',
    report: 'viewer',
    orders: 'viewer',
    'lot-cost': 'admin',
  },
};

const LADDER: readonly Access[] = ['viewer', 'operator', 'approver', 'admin'];

/** The highest step of the ladder that the roles hold; undefined: none of them. */
const PEOPLE: readonly (readonly [string, readonly string[], Access | undefined])[] = [
  ['nobody', [], undefined],
  ['a stranger with other roles', ['alert', 'x'], undefined],
  ['a viewer', ['viewer'], 'viewer'],
  ['an operator', ['operator'], 'operator'],
  ['an approver', ['approver'], 'approver'],
  ['an admin', ['admin'], 'admin'],
  ['a viewer who approves', ['viewer', 'approver'], 'approver'],
  ['an operator who views', ['operator', 'viewer', 'x'], 'operator'],
];

const HERE = { guildId: 'g', channelId: 'c', bot: false };
const PLACES: readonly (readonly [string, Partial<Asker>, boolean])[] = [
  ['the desk', HERE, true],
  ['the fallback channel', { ...HERE, channelId: 'f' }, true],
  ['a thread of the desk', { ...HERE, channelId: 't', parentId: 'c' }, true],
  ['a thread of another channel', { ...HERE, channelId: 't', parentId: 'd' }, false],
  ['another channel', { ...HERE, channelId: 'd' }, false],
  ['another server', { ...HERE, guildId: 'h' }, false],
  ['a direct message', { ...HERE, guildId: undefined }, false],
  ['the desk, but as a bot', { ...HERE, bot: true }, false],
];

const STATES: readonly (readonly [string, readonly Entry[]])[] = [
  ['RUN', []],
  ['REDUCE', [{ kind: 'state', state: 'REDUCE', by: 'a', reason: 'b' }]],
  ['HALT', [{ kind: 'state', state: 'HALT', by: 'a', reason: 'b' }]],
  ['paused', [{ kind: 'pause', paused: true, by: 'a', reason: 'b' }]],
];

/** The same commands with nothing behind them but a mark that they ran. */
function watched(ran: string[]): readonly Command[] {
  const mark = (name: string) => () => {
    ran.push(name);
    return { post: notice('done') };
  };
  return COMMANDS.map((command) => ({
    ...command,
    run: mark(command.definition.name),
    ...(command.complete && {
      complete: () => {
        ran.push(command.definition.name);
        return [];
      },
    }),
    components: (command.components ?? []).map((each) => ({
      ...each,
      run: () => {
        ran.push(each.prefix);
        return { update: undefined, note: undefined };
      },
    })),
    forms: (command.forms ?? []).map((each) => ({ ...each, run: mark(each.prefix) })),
  }));
}

interface Cell {
  readonly kind: Request['kind'];
  readonly name: string;
  readonly person: string;
  readonly place: string;
  readonly state: string;
  readonly expected: boolean;
  readonly found: boolean;
  readonly audited: boolean;
}

/** Everything that may be asked, as kind, name and what it needs. */
const ASKED = (Object.entries(NEEDS) as [Request['kind'], Record<string, Access>][]).flatMap(
  ([kind, table]) => Object.entries(table).map(([name, needs]) => ({ kind, name, needs })),
);

/** What it needs in that trading state: ending a halt for sells is an approver's. */
const neededIn = (state: string, name: string, needs: Access): Access =>
  state === 'HALT' && name === 'reduce' ? 'approver' : needs;

/** Everybody everywhere, and what they hold there. */
const ASKERS = PEOPLE.flatMap(([person, roleIds, holds]) =>
  PLACES.map(([place, where, inside]) => {
    const asker = { id: person, name: person, ...HERE, ...where, roleIds } as Asker;
    const step = inside && holds !== undefined ? LADDER.indexOf(holds) : -1;
    return { person, place, asker, step };
  }),
);

async function cellsIn(state: string, entries: readonly Entry[]): Promise<readonly Cell[]> {
  const journal = memoryJournal(leapingClock(NOW));
  journal.append(...entries);
  const ran: string[] = [];
  const router = routerOver(journal, watched(ran));
  const cells: Cell[] = [];
  for (const { kind, name, needs } of ASKED) {
    for (const { person, place, asker, step } of ASKERS) {
      ran.length = 0;
      const before = journal.book().seq;
      await router.handle(asked(kind, name, asker, cells.length));
      const written = journal.book().seq > before;
      cells.push({
        kind,
        name,
        person,
        place,
        state,
        expected: step >= LADDER.indexOf(neededIn(state, name, needs)),
        found: ran.length === 1,
        audited: kind === 'completion' || written,
      });
    }
  }
  return cells;
}

async function cells(): Promise<readonly Cell[]> {
  const all = await Promise.all(STATES.map(([state, entries]) => cellsIn(state, entries)));
  return all.flat();
}

function routerOver(journal: Journal, commands: readonly Command[]) {
  const clock = leapingClock(NOW);
  return createRouter({
    rules: {
      guildId: 'g',
      channelIds: ['c', 'f'],
      viewerRoleId: 'viewer',
      operatorRoleId: 'operator',
      approverRoleId: 'approver',
      adminRoleId: 'admin',
    },
    engine: handEngine(journal, clock),
    models: MODELS,
    loadCommands: async () => commands,
    clocks: { market: clock, wall: { now: clock.now, sleep: () => new Promise(() => {}) } },
    log: silentLog,
    keep: () => {},
    discord: () => ({ connected: true, lagMs: 1, missing: [], owed: 0, problem: undefined }),
    settings: [],
  });
}

function asked(kind: Request['kind'], name: string, asker: Asker, index: number): Request {
  const nothing = async (): Promise<undefined> => undefined;
  return {
    id: `${index}`,
    kind,
    name,
    options: new Map(),
    typed: '',
    focused: '',
    asker,
    roles: async () => asker.roleIds,
    ask: nothing,
    reply: nothing,
    defer: nothing,
    deferUpdate: nothing,
    update: nothing,
    follow: nothing,
    share: nothing,
    choose: nothing,
  };
}

describe('the access matrix', () => {
  it('covers every command, button, form and completion', () => {
    const names = COMMANDS.map((command) => command.definition.name);
    expect(Object.keys(NEEDS.command).sort()).toEqual([...names].sort());
    const completes = COMMANDS.filter((command) => command.complete);
    expect(Object.keys(NEEDS.completion).sort()).toEqual(
      completes.map((command) => command.definition.name).sort(),
    );
    const prefixes = COMMANDS.flatMap((command) => command.components ?? []).map(
      ({ prefix }) => prefix,
    );
    const covered = prefixes.filter((prefix) =>
      Object.keys(NEEDS.component).some((name) => name.startsWith(prefix)),
    );
    expect(covered).toEqual(prefixes);
    const forms = COMMANDS.flatMap((command) => command.forms ?? []).map(({ prefix }) => prefix);
    expect(forms).toEqual(['flatten:']);
  });

  it('has at least 5,000 cells, all of them correct', async () => {
    const all = await cells();
    const wrong = all.filter(({ expected, found, audited }) => expected !== found || !audited);
    expect(wrong.slice(0, 5)).toEqual([]);
    expect(all.length).toBeGreaterThanOrEqual(5_000);
  });
});
