/** The steps of the proof, in order. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  backOn,
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

const SECRETS = ['ALPACA_KEY_ID', 'ALPACA_SECRET_KEY', 'DISCORD_TOKEN'];
/** Keys that are replaced together. */
const KEYS = [
  ['ALPACA_KEY_ID', 'ALPACA_SECRET_KEY'],
  ['DISCORD_TOKEN'],
  ['HEARTBEAT_URL'],
  ['SUPERVISOR_WEBHOOK_URL'],
] as const;
/** Market milliseconds per real millisecond while Rotor trades. */
const TRADING_SPEED = 100;
/** The build's arguments, as found in the image. */
const BUILD_ARGS = [
  '--build-arg ROTOR_COMMIT={{index .Config.Labels "org.opencontainers.image.revision"}}',
  '--build-arg ROTOR_VERSION={{index .Config.Labels "org.opencontainers.image.version"}}',
  '--build-arg ROTOR_BUILT_AT={{index .Config.Labels "org.opencontainers.image.created"}}',
].join(' ');
/** Slow enough for an order to stay open for a moment. */
const SLOW_SPEED = 15;

const build: Step = async ({ here, tree }) => {
  const { code, output } = await here('scripts/image/build.sh', [], { cwd: tree.folder });
  if (code !== 0) throw new Error(output);
  const size = await here('docker', ['image', 'inspect', '--format', '{{.Size}}', tree.image()]);
  return `${tree.image()}, ${(Number(size.output) / 1e6).toFixed(0)} MB`;
};

/** RUNBOOK.md, "A new server", from its second step. */
const setUpServer: Step = async ({ there, tree, servers }) => {
  const file = (name: string): string => readFileSync(join(tree.folder, name), 'utf8');
  await clear(there);
  await there('cat >rotor/litestream.yml', file('deploy/litestream.yml'));
  const settings = Object.entries(servers.environment).filter(
    ([name]) => !SECRETS.includes(name) && name !== 'HEALTH_PORT',
  );
  const lines = settings.map(([name, value]) => `${name}=${value}\n`);
  await there('cat >rotor/rotor.env', lines.join(''));
  for (const name of KEYS.flat()) await writeSecret({ there, servers }, name);
  return 'folder, settings, secrets';
};

async function writeSecret({ there, servers }: Pick<World, 'there' | 'servers'>, name: string) {
  const to = `rotor/secrets/${name.toLowerCase()}`;
  const value = servers.environment[name] ?? '';
  await there(`sudo install -o 10001 -g 10001 -m 0400 /dev/stdin ${to}`, `${value}\n`);
}

/** Removes what an earlier proof left; a Rotor that is not ours stays. */
async function clear(there: World['there']): Promise<void> {
  await there('[ ! -e rotor ] || [ -e rotor/proof ] || { echo "has a desk already"; exit 1; }');
  await there('[ ! -e rotor/compose.yaml ] || { cd rotor && docker compose down --volumes; }');
  await there('sudo rm -rf rotor && mkdir -p rotor/secrets && touch rotor/proof');
}

const deploy: Step = async (world) => {
  const ended = await world.script('deploy.sh', ['--skip-tests']);
  expectEnd(ended, 0, 'is reconciled and');
  await expectRunning(world, world.tree.image());
  return sentBy(ended);
};

const promises: Step = async (world) => {
  const faults = await brokenPromises(world);
  if (faults.length > 0) throw new Error(faults.join('\n'));
  await world.there('docker exec rotor-rotor-1 node src/cli.ts version --verify');
  return 'kept, and every file is as in the commit';
};

/** Without the cache; the engine's own timestamps are in the image's history, but in no layer. */
const buildAgain: Step = async ({ here, tree }) => {
  const layers = async (image: string) =>
    (await here('docker', ['image', 'inspect', '--format', '{{json .RootFS.Layers}}', image]))
      .output;
  const labels = await here('docker', ['image', 'inspect', '--format', BUILD_ARGS, tree.image()]);
  const args = labels.output.trim().split(' ');
  const again = await here(
    'docker',
    ['build', '--no-cache', '--tag', 'rotor-again:1', ...args, '.'],
    {
      cwd: tree.folder,
    },
  );
  if (again.code !== 0) throw new Error(again.output);
  const [first, second] = [await layers(tree.image()), await layers('rotor-again:1')];
  if (first !== second) throw new Error(`two builds differ:\n${first}${second}`);
  return `${JSON.parse(first).length} layers, the same`;
};

/** The market is paused while one of the first orders is open. */
const openOrders: Step = async (world) => {
  await world.servers.setSpeed(SLOW_SPEED);
  await world.until('an open order', async () => (await ordersOf(world, 'open')).length > 0);
  await world.servers.setSpeed(0);
  const before = await running(world);
  world.tree.change('src/main.ts', '/** Runs', '/**  Runs');
  expectEnd(await world.script('deploy.sh', ['--skip-tests']), 1, 'orders are open');
  await expectRunning(world, before);
  world.tree.reset();
  return 'refused';
};

const trade: Step = async (world) => {
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

/** Like most deploys: only code changes. */
const deployCode: Step = async (world) => {
  world.tree.change('src/main.ts', '/** Runs', '/** It runs');
  return deploy(world);
};

const crash: Step = async (world) => {
  const before = await running(world);
  world.tree.change(
    'src/main.ts',
    'process.umask',
    "setTimeout(() => { throw new Error('the proof wants a crash'); }, 4_000);\nprocess.umask",
  );
  const ended = await world.script('deploy.sh', ['--skip-tests']);
  expectEnd(ended, 1, 'the proof wants a crash', 'restart 2', `went back to ${before}`);
  if (ended.output.includes('ATTENTION')) throw new Error('the crash halted the desk');
  return backOn(world, before, ended);
};

const neverReady: Step = async (world) => {
  const before = await running(world);
  world.tree.reset();
  world.tree.change(
    'src/ops/readiness.ts',
    'if (comparedAt === undefined)',
    'if (seen.at > 0 || comparedAt === undefined)',
  );
  const ended = await world.script('deploy.sh', ['--skip-tests'], { ROTOR_READY_SECONDS: '60' });
  expectEnd(ended, 1, 'is not ready after', `went back to ${before}`);
  return backOn(world, before, ended);
};

/**
 * A version that writes entries the previous one cannot read, and does not become ready: warned about in
 * advance, reported, and rolled back.
 */
const newerJournal: Step = async (world) => {
  const before = await running(world);
  world.tree.reset();
  world.tree.change(
    'src/core/store/codec.ts',
    "'cancel-requested': 'withdrawn',",
    "'cancel-requested': 'withdrawn', started: 'proof-began',",
  );
  world.tree.change('src/ops/readiness.ts', 'if (comparedAt === undefined)', 'if (seen.at > 0)');
  const ended = await world.script('deploy.sh', ['--skip-tests'], { ROTOR_READY_SECONDS: '60' });
  expectEnd(
    ended,
    1,
    `NOTE: ${before} cannot read entries that`,
    'proof-began',
    'the journal of before the switch is put back',
    `went back to ${before}`,
  );
  return backOn(world, before, ended);
};

/** RUNBOOK.md, "A key leaked": each key is replaced, and only Rotor is restarted. */
const rotateKeys: Step = async (world) => {
  const { there } = world;
  for (const names of KEYS) {
    for (const name of names) await writeSecret(world, name);
    await there('cd rotor && docker compose up --detach --force-recreate rotor');
    await expectTrading(world);
  }
  return `${KEYS.flat().length} keys in ${KEYS.length} restarts, and it trades after each`;
};

/** The usual checks before a push; only one test file. */
const pushToProduction: Step = async (world) => {
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

const rollBack: Step = async (world) => {
  const before = await running(world);
  expectEnd(await world.script('rollback.sh'), 0);
  const now = await running(world);
  if (now === before) throw new Error(`${before} still runs`);
  await expectTrading(world);
  return now;
};

const backUp: Step = async (world) => {
  expectEnd(await world.script('backup.sh', ['--copy-to', join(world.folder, 'copies')]), 0);
  return `${readdirSync(join(world.folder, 'copies')).length} files here`;
};

const restore: Step = async (world) => {
  const name = readdirSync(join(world.folder, 'copies')).find((each) => each.endsWith('.gz')) ?? '';
  expectEnd(
    await world.script('restore.sh', [join(world.folder, 'copies', name)]),
    0,
    'is the journal now',
  );
  await world.servers.operate('resume', { reason: 'restored' });
  await expectTrading(world);
  return name;
};

/** The backup folder is full: Rotor must not be stopped without a backup. */
const fullDisk: Step = async (world) => {
  const before = await running(world);
  world.tree.reset();
  world.tree.change('src/main.ts', '/** Runs', '/**  Runs');
  await world.there('sudo mount -t tmpfs -o size=4k,mode=0777 tmpfs rotor/backups');
  const ended = await world.script('deploy.sh', ['--skip-tests']);
  await world.there('sudo umount rotor/backups');
  if (ended.code === 0) throw new Error(ended.output);
  expectEnd(ended, 1, 'No space left');
  return backOn(world, before, ended);
};

const stop: Step = async (world) => {
  const began = performance.now();
  await world.there('cd rotor && docker compose stop');
  const seconds = (performance.now() - began) / 1_000;
  const code = await world.there('docker inspect --format "{{.State.ExitCode}}" rotor-rotor-1');
  if (code.trim() !== '0') throw new Error(`it ended with ${code}`);
  return `with 0 in ${seconds.toFixed(1)} s`;
};

type Steps = readonly (readonly [name: string, step: Step])[];

/** Steps that fit into CI's time. */
export const SHORT_STEPS: Steps = [
  ['image', build],
  ['a new server', setUpServer],
  ['first deploy', deploy],
  ['what Dockerfile and compose.yaml promise', promises],
  ['a deploy while orders are open', openOrders],
  ['the desk trades', trade],
  ['backup', backUp],
  ['the end by SIGTERM', stop],
];

/** All steps. */
export const LONG_STEPS: Steps = [
  ...SHORT_STEPS.slice(0, 1),
  ['the same image again', buildAgain],
  ...SHORT_STEPS.slice(1, 6),
  ['a deploy that changes code alone', deployCode],
  ['a version that crashes', crash],
  ['a version that is never ready', neverReady],
  ['a version whose entries the old one cannot read', newerJournal],
  ['each key rotated', rotateKeys],
  ['git push production', pushToProduction],
  ['rollback', rollBack],
  ['backup', backUp],
  ['restore', restore],
  ['a deploy with a full disk', fullDisk],
  ['the end by SIGTERM', stop],
];
