/** Steps that deploy versions, good and bad. */
import {
  expectEnd,
  expectRunning,
  expectTrading,
  ordersOf,
  readyz,
  running,
  sentBy,
} from './desk.ts';
import { brokenPromises } from './promises.ts';
import type { Step, World } from './proof.ts';

/** Slow enough for an order to stay open for a moment. */
const SLOW_SPEED = 15;
/** Market milliseconds per real millisecond while Rotor trades. */
export const TRADING_SPEED = 100;
/** Like most deploys: only code changes. */
export const CODE_ALONE: Change = ['src/main.ts', '\nimport { ', '\n\nimport { '];

/** For versions that never become ready. */
const SOON = { ROTOR_READY_SECONDS: '60' };

/** A file of the tree, a text in it, and its replacement. */
type Change = readonly [file: string, find: string, put: string];

const deployHere = (world: World, env: Readonly<Record<string, string>> = {}) =>
  world.script('deploy.sh', ['--skip-tests'], env);

/** Deploys what is checked out. */
export const deploy: Step = async (world) => {
  const ended = await deployHere(world);
  expectEnd(ended, 0, 'is reconciled and');
  await expectRunning(world, world.tree.image());
  return sentBy(ended);
};

/** A version that must not stay. */
interface Refused {
  readonly changes: readonly Change[];
  /** Words in the deploy's output. */
  readonly words: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Whether Rotor is halted afterwards, which the deploy must report. */
  readonly halts?: boolean;
}

/** Deploys it, and expects the previous version to run and trade afterwards. */
export async function deployRefused(
  world: World,
  { changes, words, env, halts = false }: Refused,
): Promise<string> {
  const before = await running(world);
  world.tree.reset();
  for (const change of changes) world.tree.change(...change);
  const ended = await deployHere(world, env);
  expectEnd(ended, 1, ...words);
  if (ended.output.includes('ATTENTION') !== halts) throw new Error(`halted? ${ended.output}`);
  await expectRunning(world, before);
  if (halts) await world.servers.operate('resume', { reason: 'went back' });
  await expectTrading(world);
  world.tree.reset();
  return ended.output.includes(`went back to ${before}`) ? 'went back' : 'refused';
}

/** Inspects the running container. */
export const promises: Step = async (world) => {
  const faults = await brokenPromises(world);
  if (faults.length > 0) throw new Error(faults.join('\n'));
  await world.there('docker exec rotor-rotor-1 node src/cli.ts version --verify');
  return 'kept, and every file is as in the commit';
};

/** The market is paused while one of the first orders is open. */
export const openOrders: Step = async (world) => {
  await world.servers.setSpeed(SLOW_SPEED);
  await world.until('an open order', async () => (await ordersOf(world, 'open')).length > 0);
  await world.servers.setSpeed(0);
  const before = await running(world);
  world.tree.change(...CODE_ALONE);
  expectEnd(await deployHere(world), 1, 'orders are open');
  await expectRunning(world, before);
  world.tree.reset();
  return 'refused';
};

/** Runs the first rebalance to its end. */
export const trade: Step = async (world) => {
  await world.servers.setSpeed(TRADING_SPEED);
  await world.until('a rebalance', async () => {
    const orders = await ordersOf(world, 'all');
    const tasks = (await readyz(world))?.reasons.find(({ name }) => name === 'tasks');
    const isDone = tasks?.detail === 'done or not due';
    return isDone && orders.length > 0 && orders.every(({ status }) => status === 'filled');
  });
  await world.servers.setSpeed(1);
  return `${(await ordersOf(world, 'all')).length} orders filled`;
};

/** Sends only the code's layer. */
export const deployCode: Step = async (world) => {
  world.tree.change(...CODE_ALONE);
  return deploy(world);
};

const crashAfter = (ms: number): Change => [
  'src/main.ts',
  'process.umask',
  `setTimeout(() => { throw new Error('the proof wants a crash'); }, ${ms});\nprocess.umask`,
];
const CRASHED = ['the proof wants a crash', 'restart 2', 'went back to'];
const NEVER_READY: Change = [
  'src/ops/readiness.ts',
  'if (comparedAt === undefined)',
  'if (seen.at > 0)',
];

/** The deploy must give up before the crashes halt trading for both versions. */
export const crash: Step = (world) =>
  deployRefused(world, { changes: [crashAfter(4_000)], words: CRASHED });

/** Ready for half a minute each time before it crashes. */
export const crashLater: Step = (world) =>
  deployRefused(world, {
    changes: [crashAfter(30_000)],
    words: ['watching it for', ...CRASHED],
    env: { ROTOR_STEADY_SECONDS: '60' },
  });

/** Runs but never reconciles. */
export const neverReady: Step = (world) =>
  deployRefused(world, {
    changes: [NEVER_READY],
    words: ['is not ready after', 'went back to'],
    env: SOON,
  });

/**
 * A version that writes entries the previous one cannot read, and does not become ready: warned about in
 * advance, reported, and rolled back.
 */
export const newerJournal: Step = (world) =>
  deployRefused(world, {
    changes: [
      [
        'src/core/store/codec.ts',
        "'cancel-requested': 'withdrawn',",
        "'cancel-requested': 'withdrawn', started: 'proof-began',",
      ],
      NEVER_READY,
    ],
    words: [
      'cannot read entries that',
      'proof-began',
      'the journal of before the switch is put back',
      'went back to',
    ],
    env: SOON,
    halts: true,
  });

/** The usual checks before a push; only one test file. */
export const pushToProduction: Step = async (world) => {
  const { inTree, tree, server } = world;
  tree.reset();
  tree.change('vitest.config.ts', "'tests/**/*.test.ts'", "'tests/time.test.ts'");
  expectEnd(await inTree('scripts/hooks.sh', ['--production', server]), 0);
  const ended = await inTree('git', ['push', 'production', 'HEAD:main']);
  expectEnd(ended, 0, 'is reconciled and');
  await expectRunning(world, tree.image());
  await expectTrading(world);
  return sentBy(ended);
};

/** Back to the previous version. */
export const rollBack: Step = async (world) => {
  const before = await running(world);
  expectEnd(await world.script('rollback.sh'), 0);
  const now = await running(world);
  if (now === before) throw new Error(`${before} still runs`);
  await expectTrading(world);
  return now;
};
