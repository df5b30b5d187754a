/** The machine of a simulated desk: which process runs, and what ends, freezes or doubles it. */
import type { LatestPrice } from '#core/domain/account.ts';
import type { Recorded } from '#core/domain/entry.ts';
import type { OrderIntent } from '#core/domain/order.ts';
import type { PortParts } from './broker-port.ts';
import { createBrokerPort } from './broker-port.ts';
import { chanceOf } from './chance.ts';
import type { Damage } from './disk.ts';
import type { Death } from './fuse.ts';
import { createFuse } from './fuse.ts';
import type { FaultKind } from './kinds.ts';
import { createLife, type Life, type LifeParts } from './life.ts';
import type { Happening } from './story.ts';

/** What a machine runs processes with. */
export interface MachineParts
  extends Pick<
      LifeParts,
      'time' | 'disk' | 'discord' | 'bars' | 'onSurprise' | 'skew' | 'settings'
    >,
    Omit<PortParts, 'fuse' | 'onPost' | 'onRequest' | 'prices' | 'before' | 'time'> {
  /** Also told the last price of the ticker that the process was told. */
  readonly onPost: (intent: OrderIntent, life: Life, price: LatestPrice | undefined) => void;
  readonly onAppend: (recorded: readonly Recorded[], life: Life) => void;
  /** What counts the requests of one process. */
  readonly countRequests: () => () => void;
  /** A process is about to start. */
  readonly onStart: () => void;
  readonly onTakeOver: (holder: Life, other: Life) => void;
  /** A process is up on a damaged journal and found no fault in it. */
  readonly onBelieved: () => void;
  /** The journal is an older one, and stays it. */
  readonly onRestored: () => void;
  readonly tell: (text: string) => void;
}

/** The processes. */
export interface Machine {
  /** The process that answers people; undefined while none is up. */
  main(): Life | undefined;
  /** Every process that was not killed, those that start or are frozen too. */
  alive(): readonly Life[];
  boot(): void;
  /** The process ends as told to, and another begins. */
  restart(): void;
  tick(): void;
  /** False where the kind is none of the machine. */
  act(happening: Happening): boolean;
}

const DAMAGES: readonly FaultKind[] = ['backup-restored', 'log-cut', 'journal-altered'];

/** Whether the kind puts another journal in the place of the right one, made of a backup. */
export function needsBackup(kind: FaultKind): boolean {
  return kind === 'backup-stays' || DAMAGES.includes(kind);
}

const RESTART_MS = 20_000;
const RESTART_FAILED_MS = 60_000;
const RENEWALS_MS = 3_000;
const WAITING_MS = 14_000;
const STEPS = 25;

export function createMachine(parts: MachineParts): Machine {
  const { time, faults, tell } = parts;
  const lives: Life[] = [];
  const before: PortParts['before'] = new Map();
  /** They ended because another process holds the journal. */
  const robbed = new Set<Life>();
  let host = 'host-1';
  let version = 1;
  let count = 0;
  let deathSoon: Death | undefined;
  /** Docker waits longer with each start that comes to nothing. */
  let failures = 0;
  let offUntil = 0;

  const alive = (): readonly Life[] => lives.filter(({ fuse }) => !fuse.isDead());
  const main = (): Life | undefined =>
    lives.findLast((life) => life.isUp() && !life.fuse.isFrozen());
  /** The process that answers, or else the one that starts. */
  const running = (): Life | undefined => main() ?? alive().find(({ fuse }) => !fuse.isFrozen());

  function create(): Life {
    count += 1;
    const [name, pid, home] = [`process ${count}`, 100 + count, host];
    const fuse = createFuse(() => {
      tell(`${name} ends`);
      failures = life.isUp() ? 0 : failures + 1;
      bootLater(RESTART_MS * 2 ** Math.min(failures, 5));
    });
    const prices: PortParts['prices'] = new Map();
    const broker = createBrokerPort({
      ...parts,
      ...{ fuse, prices, before, onRequest: parts.countRequests() },
      onPost: (intent) => parts.onPost(intent, life, prices.get(intent.ticker)),
    });
    const life = createLife({
      ...parts,
      ...{ name, host: home, pid, fuse, broker, version: `1.${version}.0` },
      lives: (other) => alive().some((each) => each.host === home && each.pid === other),
      onFail: (reason) => {
        tell(`${name} fails: ${reason}`);
        if (reason.startsWith('lease:')) robbed.add(life);
      },
    });
    lives.push(life);
    return life;
  }

  function bootLater(ms: number): void {
    time.at(time.now() + ms, () => {
      if (!alive().some((life) => !life.fuse.isFrozen())) boot();
    });
  }

  /** Whoever waits for the lease sees the holder renew it. */
  function start(life: Life): void {
    tell(`${life.name} starts on ${life.host}`);
    parts.onStart();
    renewOthers(life);
    for (let ms = RENEWALS_MS; ms <= WAITING_MS; ms += RENEWALS_MS) {
      time.at(time.now() + ms, () => renewOthers(life));
    }
    if (deathSoon) life.fuse.lightAt(deathSoon);
    deathSoon = undefined;
    void life.start();
  }
  function renewOthers(than: Life): void {
    for (const life of alive()) {
      if (life === than || !life.isUp() || life.fuse.isFrozen()) continue;
      try {
        life.lease()?.renew();
      } catch {
        // The next tick of that process meets the same and ends it.
      }
    }
  }
  function boot(): void {
    if (time.now() >= offUntil) start(create());
  }

  const dies =
    (point: Death['point'], again = false) =>
    (happening: Happening): void => {
      const life = running();
      if (!life) return;
      faults.met(happening);
      life.fuse.lightAt({ after: Math.floor(happening.pick * STEPS), point });
      if (again) deathSoon = { after: Math.floor(happening.pick * 997) % STEPS, point };
    };

  const restart = (): void => void running()?.stop('by signal');
  const stops = (happening: Happening): void => {
    if (!running()) return;
    faults.met(happening);
    restart();
  };

  /** The process ends, begins again on a damaged journal, and once more on the right one. */
  const damages =
    (how: Damage) =>
    (happening: Happening): void => {
      const life = running();
      if (!life) return;
      faults.met(happening);
      // One that is frozen has the right journal open: nobody puts another in its place beside it.
      for (const each of alive()) each.fuse.kill();
      if (!parts.disk.damage(how, happening.pick)) return;
      time.at(happening.to, () => {
        const believer = alive().find((each) => each.isUp() && each.doubt() === undefined);
        if (believer) parts.onBelieved();
        tell('the right journal is put back');
        for (const each of alive()) each.fuse.kill();
        parts.disk.mend();
      });
    };

  const DEEDS: { readonly [K in FaultKind]?: (happening: Happening) => void } = {
    'killed-before': dies('before'),
    'killed-unheard': dies('unheard'),
    'killed-after': dies('after'),
    'killed-again': dies('unheard', true),
    stopped: stops,
    deployed(happening) {
      version += 1;
      stops(happening);
    },
    'rolled-back'(happening) {
      version = Math.max(1, version - 1);
      stops(happening);
    },
    'host-changed'(happening) {
      const life = running();
      if (!life) return;
      faults.met(happening);
      host = `host-${2 + Math.floor(chanceOf(parts.seed, happening.from) * 1_000)}`;
      life.fuse.kill();
    },
    'second-process'(happening) {
      const first = running();
      if (!first) return;
      faults.met(happening);
      const wasUp = first.isUp();
      if (happening.pick < 0.5) host = `${host}b`;
      const second = create();
      start(second);
      time.at(time.now() + WAITING_MS + 5_000, () => {
        const isRobbed = wasUp && robbed.has(first);
        const isFirstWell = !first.fuse.isFrozen() && (isRobbed || first.isUp());
        if (second.isUp() && isFirstWell) parts.onTakeOver(first, second);
      });
    },
    frozen(happening) {
      const life = running();
      if (!life) return;
      faults.met(happening);
      life.fuse.freeze();
      tell(`${life.name} is frozen`);
      bootLater(RESTART_FAILED_MS);
      time.at(happening.to, () => {
        tell(`${life.name} goes on`);
        life.fuse.thaw();
      });
    },
    'switched-off'(happening) {
      if (!running()) return;
      faults.met(happening);
      for (const each of alive()) each.fuse.kill();
      offUntil = happening.to;
      bootLater(offUntil - time.now());
    },
    'backup-stays'(happening) {
      const life = running();
      if (!life || parts.disk.isDamaged()) return;
      faults.met(happening);
      for (const each of alive()) each.fuse.kill();
      void parts.disk.restore(happening.pick, time).then((isOther) => {
        if (!isOther) return;
        tell('a backup is the journal from now on');
        parts.onRestored();
      });
    },
    'backup-restored': damages('backup-restored'),
    'log-cut': damages('log-cut'),
    'journal-altered': damages('journal-altered'),
    'disk-full'(happening) {
      faults.met(happening);
      parts.disk.fill();
      time.at(happening.to, parts.disk.empty);
    },
  };

  return {
    main,
    alive,
    boot,
    restart,
    tick() {
      for (const life of alive()) life.tick();
    },
    act(happening) {
      const deed = DEEDS[happening.kind];
      deed?.(happening);
      return deed !== undefined;
    },
  };
}
