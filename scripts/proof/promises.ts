/** Checks the promises of Dockerfile and compose.yaml in the running container. */
import { z } from 'zod';
import type { World } from './proof.ts';

const inspected = z.object({
  Id: z.string(),
  Config: z.object({ User: z.string(), StopSignal: z.string(), Env: z.array(z.string()) }),
  State: z.object({ Health: z.object({ Status: z.string() }) }),
  HostConfig: z.object({
    ReadonlyRootfs: z.boolean(),
    CapDrop: z.array(z.string()),
    SecurityOpt: z.array(z.string()),
    Memory: z.number(),
    MemorySwap: z.number(),
    PidsLimit: z.number(),
    Init: z.boolean(),
    RestartPolicy: z.object({ Name: z.string(), MaximumRetryCount: z.number() }),
    PortBindings: z.record(z.string(), z.array(z.object({ HostIp: z.string() }))),
  }),
});

const inside = z.object({
  uid: z.number(),
  capabilities: z.string(),
  mayGain: z.string(),
  writable: z.array(z.string()),
  programs: z.array(z.string()),
});

const MEMORY = 256 * 1024 * 1024;
const SECRETS = ['ALPACA_KEY_ID', 'ALPACA_SECRET_KEY', 'DISCORD_TOKEN'];

/** Rotor's user and permissions, as reported by its kernel; the image has no shell to ask. */
const ASK = `
const fs = require('fs');
const status = fs.readFileSync('/proc/self/status', 'utf8');
const field = (name) => new RegExp('^' + name + ':\\\\s+(\\\\S+)', 'm').exec(status)?.[1];
const takes = (path) => { try { fs.writeFileSync(path, 'x'); fs.rmSync(path); return true; } catch { return false; } };
const programs = (folder) => fs.existsSync(folder) ? fs.readdirSync(folder) : [];
console.log(JSON.stringify({
  uid: process.getuid(),
  capabilities: field('CapEff'),
  mayGain: field('NoNewPrivs'),
  writable: ['/x', '/app/x', '/app/src/x', '/usr/local/bin/x', '/run/secrets/x', '/data/x', '/tmp/x'].filter(takes),
  programs: ['/bin', '/sbin', '/usr/bin', '/usr/sbin', '/usr/local/bin'].flatMap(programs),
}));`;

/** Broken promises; waits until Docker's health check has answered. */
export async function brokenPromises(world: World): Promise<readonly string[]> {
  const look = async () => {
    const [found] = z
      .array(inspected)
      .parse(JSON.parse(await world.there('docker inspect rotor-rotor-1')));
    if (!found) throw new Error('no desk runs');
    return found;
  };
  await world.until('healthy', async () => (await look()).State.Health.Status === 'healthy');
  const desk = await look();
  const asked = inside.parse(
    JSON.parse(await world.there('docker exec -i rotor-rotor-1 node', ASK)),
  );
  return [...ofTheEngine(desk), ...ofTheProcess(asked), ...(await leaks(world, desk.Config.Env))];
}

function ofTheEngine({ Config, HostConfig: host }: z.infer<typeof inspected>): readonly string[] {
  const { RestartPolicy: restart } = host;
  return broken([
    ['user', Config.User === '10001:10001'],
    ['stop signal', Config.StopSignal === 'SIGTERM'],
    ['read-only root', host.ReadonlyRootfs],
    ['no capabilities', host.CapDrop.includes('ALL')],
    ['no new privileges', host.SecurityOpt.includes('no-new-privileges:true')],
    ['memory', host.Memory === MEMORY && host.MemorySwap === MEMORY],
    ['processes', host.PidsLimit === 64],
    ['an init', host.Init],
    ['restarts', restart.Name === 'on-failure' && restart.MaximumRetryCount === 50],
    [
      'loopback alone',
      Object.values(host.PortBindings)
        .flat()
        .every(({ HostIp }) => HostIp === '127.0.0.1'),
    ],
  ]);
}

function ofTheProcess(asked: z.infer<typeof inside>): readonly string[] {
  return broken([
    ['runs as 10001', asked.uid === 10_001],
    ['no effective capabilities', /^0+$/.test(asked.capabilities)],
    ['gains no privileges', asked.mayGain === '1'],
    ['writes /data and /tmp alone', asked.writable.join() === '/data/x,/tmp/x'],
    ['holds no program but node and Docker’s init', asked.programs.join() === 'docker-init,node'],
  ]);
}

async function leaks(world: World, env: readonly string[]): Promise<readonly string[]> {
  const places = {
    'its environment': env.join('\n'),
    'its log': await world.there('docker logs rotor-rotor-1 2>&1'),
    'the history of its image': await world.there(
      `docker history --no-trunc ${world.tree.image()}`,
    ),
  };
  return Object.entries(places).flatMap(([place, text]) =>
    SECRETS.filter((name) => text.includes(world.servers.environment[name] ?? name)).map(
      (name) => `${name} stands in ${place}`,
    ),
  );
}

function broken(promises: readonly (readonly [name: string, kept: boolean])[]): readonly string[] {
  return promises.filter(([, kept]) => !kept).map(([name]) => `not kept: ${name}`);
}
