/** What is proven, in its order. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import type { Ended } from './machines.ts';
import { brokenPromises } from './promises.ts';
import type { Step, World } from './proof.ts';

const SECRETS = ['ALPACA_KEY_ID', 'ALPACA_SECRET_KEY', 'DISCORD_TOKEN'];
/** Market milliseconds in a real one while the desk trades. */
const TRADING_SPEED = 100;
/** So that an order stays open for a moment. */
const SLOW_SPEED = 15;

const build: Step = async ({ here, tree }) => {
  const { code, output } = await here('scripts/image/build.sh', [], { cwd: tree.folder });
  if (code !== 0) throw new Error(output);
  const size = await here('docker', ['image', 'inspect', '--format', '{{.Size}}', tree.image()]);
  return `${tree.image()}, ${(Number(size.output) / 1e6).toFixed(0)} MB`;
};

/** RUNBOOK.md, "A new server", from its second step. */
const furnish: Step = async ({ there, tree, servers }) => {
  const file = (name: string): string => readFileSync(join(tree.folder, name), 'utf8');
  await clear(there);
  await there('cat >rotor/litestream.yml', file('deploy/litestream.yml'));
  const settings = Object.entries(servers.environment).filter(
    ([name]) => !SECRETS.includes(name) && name !== 'HEALTH_PORT',
  );
  const lines = settings.map(([name, value]) => `${name}=${value}\n`);
  await there('cat >rotor/rotor.env', lines.join(''));
  const secrets = [...SECRETS, 'HEARTBEAT_URL', 'SUPERVISOR_WEBHOOK_URL'];
  for (const name of secrets) {
    const to = `rotor/secrets/${name.toLowerCase()}`;
    await there(
      `sudo install -o 10001 -g 10001 -m 0400 /dev/stdin ${to}`,
      `${servers.environment[name] ?? ''}\n`,
    );
  }
  return 'folder, settings, secrets';
};

/** What an earlier proof left goes; a desk that is not one's own stays. */
async function clear(there: World['there']): Promise<void> {
  await there('[ ! -e rotor ] || [ -e rotor/proof ] || { echo "has a desk already"; exit 1; }');
  await there('[ ! -e rotor/compose.yaml ] || { cd rotor && docker compose down --volumes; }');
  await there('sudo rm -rf rotor && mkdir -p rotor/secrets && touch rotor/proof');
}

const deploy: Step = async (world) => {
  const ended = await world.script('deploy.sh', '--skip-tests');
  expectEnd(ended, 0, 'is reconciled and');
  await expectRunning(world, world.tree.image());
  return sentBy(ended);
};

const promises: Step = async (world) => {
  const faults = await brokenPromises(world);
  if (faults.length > 0) throw new Error(faults.join('\n'));
  return 'kept';
};

/** The market stands still while one of the first orders is open. */
const openOrders: Step = async (world) => {
  await world.servers.setSpeed(SLOW_SPEED);
  await world.until('an open order', async () => (await ordersOf(world, 'open')).length > 0);
  await world.servers.setSpeed(0);
  const before = await running(world);
  world.tree.change('src/main.ts', '/** Runs', '/**  Runs');
  expectEnd(await world.script('deploy.sh', '--skip-tests'), 1, 'orders are open');
  await expectRunning(world, before);
  world.tree.reset();
  return 'refused';
};

const trade: Step = async (world) => {
  await world.servers.setSpeed(TRADING_SPEED);
  await world.until('a rebalance', async () => {
    const orders = await ordersOf(world, 'all');
    const duties = (await readyz(world))?.reasons.find(({ name }) => name === 'duties');
    const isDone = duties?.detail === 'done, or not due';
    return isDone && orders.length > 0 && orders.every(({ status }) => status === 'filled');
  });
  await world.servers.setSpeed(1);
  return `${(await ordersOf(world, 'all')).length} orders filled`;
};

/** As most deploys: nothing but code. */
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
  const ended = await world.script('deploy.sh', '--skip-tests');
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
  const ended = await world.script('deploy.sh', '--skip-tests');
  expectEnd(ended, 1, 'is not ready after', `went back to ${before}`);
  return backOn(world, before, ended);
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
  expectEnd(await world.script('backup.sh', '--copy-to', join(world.folder, 'copies')), 0);
  return `${readdirSync(join(world.folder, 'copies')).length} files here`;
};

const restore: Step = async (world) => {
  const name = readdirSync(join(world.folder, 'copies')).find((each) => each.endsWith('.gz')) ?? '';
  expectEnd(
    await world.script('restore.sh', join(world.folder, 'copies', name)),
    0,
    'is the journal now',
  );
  await world.servers.operate('resume', { reason: 'restored' });
  await expectTrading(world);
  return name;
};

/** The folder of the backups takes nothing: nothing may be stopped without one. */
const fullDisk: Step = async (world) => {
  const before = await running(world);
  world.tree.reset();
  world.tree.change('src/main.ts', '/** Runs', '/**  Runs');
  await world.there('sudo mount -t tmpfs -o size=4k,mode=0777 tmpfs rotor/backups');
  const ended = await world.script('deploy.sh', '--skip-tests');
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

/** What CI has the time for. */
export const SHORT_STEPS: Steps = [
  ['image', build],
  ['a new server', furnish],
  ['first deploy', deploy],
  ['what Dockerfile and compose.yaml promise', promises],
  ['a deploy while orders are open', openOrders],
  ['the desk trades', trade],
  ['a version that crashes', crash],
  ['backup', backUp],
  ['the end by SIGTERM', stop],
];

/** All of it. */
export const LONG_STEPS: Steps = [
  ...SHORT_STEPS.slice(0, 6),
  ['a deploy that changes code alone', deployCode],
  ['a version that crashes', crash],
  ['a version that is never ready', neverReady],
  ['rollback', rollBack],
  ['backup', backUp],
  ['restore', restore],
  ['a deploy with a full disk', fullDisk],
  ['the end by SIGTERM', stop],
];

function expectEnd({ code, output }: Ended, wanted: number, ...words: readonly string[]): void {
  const missing = words.filter((each) => !output.includes(each));
  if (code !== wanted || missing.length > 0) {
    throw new Error(
      `${output}\nended with ${code}${missing.map((each) => `, without "${each}"`).join('')}`,
    );
  }
}

function sentBy({ output }: Ended): string {
  return /^sent .*$/m.exec(output)?.[0] ?? '';
}

async function running({ there }: World): Promise<string> {
  return (await there('docker ps --filter name=rotor-rotor-1 --format "{{.Image}}"')).trim();
}

async function expectRunning(world: World, image: string): Promise<void> {
  const found = await running(world);
  if (found !== image) throw new Error(`expected ${image} to run, found ${found}`);
}

async function backOn(world: World, image: string, { output }: Ended): Promise<string> {
  await expectRunning(world, image);
  await expectTrading(world);
  world.tree.reset();
  return output.includes('went back') ? 'went back' : 'refused';
}

const reason = z.object({ name: z.string(), ok: z.boolean(), detail: z.string() });
const ready = z.object({ ready: z.boolean(), reasons: z.array(reason) });

async function readyz({ there }: World): Promise<z.infer<typeof ready> | undefined> {
  const answer = await there('curl -s http://127.0.0.1:8080/readyz || true');
  return answer === '' ? undefined : ready.parse(JSON.parse(answer));
}

async function expectTrading(world: World): Promise<void> {
  await world.until('a desk that may trade', async () => (await readyz(world))?.ready === true);
}

const orders = z.array(z.object({ status: z.string() }));

async function ordersOf({ servers }: World, status: 'all' | 'open') {
  const { ALPACA_API_BASE, ALPACA_KEY_ID = '', ALPACA_SECRET_KEY = '' } = servers.environment;
  const answer = await fetch(`${ALPACA_API_BASE}/v2/orders?status=${status}&limit=500`, {
    headers: { 'APCA-API-KEY-ID': ALPACA_KEY_ID, 'APCA-API-SECRET-KEY': ALPACA_SECRET_KEY },
  });
  return orders.parse(await answer.json());
}
