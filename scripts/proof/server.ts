/** Steps about the server: its set-up by RUNBOOK.md, its keys, and its shutdown. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expectTrading } from './desk.ts';
import type { Step, World } from './proof.ts';

/** Keys that are replaced together. */
const KEYS = [
  ['ALPACA_KEY_ID', 'ALPACA_SECRET_KEY'],
  ['DISCORD_TOKEN'],
  ['HEARTBEAT_URL'],
  ['SUPERVISOR_WEBHOOK_URL'],
] as const;
/** Settings of the sandbox that do not belong in rotor.env. */
const ELSEWHERE: readonly string[] = [...KEYS.flat(), 'HEALTH_PORT'];

/** RUNBOOK.md, "A new server", from its second step. */
export const setUpServer: Step = async (world) => {
  const { there, tree, servers } = world;
  await clear(there);
  const litestream = readFileSync(join(tree.folder, 'deploy/litestream.yml'), 'utf8');
  await there('cat >rotor/litestream.yml', litestream);
  const settings = Object.entries(servers.environment)
    .filter(([name]) => !ELSEWHERE.includes(name))
    .map(([name, value]) => `${name}=${value}\n`);
  await there('cat >rotor/rotor.env', settings.join(''));
  for (const name of KEYS.flat()) await writeSecret(world, name);
  return 'folder, settings, secrets';
};

/** Removes what an earlier proof left; a Rotor that is not ours stays. */
async function clear(there: World['there']): Promise<void> {
  await there('[ ! -e rotor ] || [ -e rotor/proof ] || { echo "has a desk already"; exit 1; }');
  await there('[ ! -e rotor/compose.yaml ] || { cd rotor && docker compose down --volumes; }');
  await there('sudo rm -rf rotor && mkdir -p rotor/secrets && touch rotor/proof');
}

async function writeSecret({ there, servers }: World, name: string): Promise<void> {
  const to = `rotor/secrets/${name.toLowerCase()}`;
  const value = servers.environment[name] ?? '';
  await there(`sudo install -o 10001 -g 10001 -m 0400 /dev/stdin ${to}`, `${value}\n`);
}

/** RUNBOOK.md, "A key leaked": each key is replaced, and only Rotor is restarted. */
export const rotateKeys: Step = async (world) => {
  for (const names of KEYS) {
    for (const name of names) await writeSecret(world, name);
    await world.there('cd rotor && docker compose up --detach --force-recreate rotor');
    await expectTrading(world);
  }
  return `${KEYS.flat().length} keys in ${KEYS.length} restarts, and it trades after each`;
};

/** An orderly shutdown. */
export const stop: Step = async ({ there }) => {
  const began = performance.now();
  await there('cd rotor && docker compose stop');
  const seconds = (performance.now() - began) / 1_000;
  const code = await there('docker inspect --format "{{.State.ExitCode}}" rotor-rotor-1');
  if (code.trim() !== '0') throw new Error(`it ended with ${code}`);
  return `with 0 in ${seconds.toFixed(1)} s`;
};
