/** One run of the proof: its machines and market, and the table of its steps. */
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { type Servers, startServers } from '#tests/support/sandbox-process.ts';
import { type CommandResult, createMachines, type Machines } from './machines.ts';
import { createTree, type Tree } from './tree.ts';

/** Dependencies of a step. */
export interface World extends Machines {
  readonly server: string;
  readonly tree: Tree;
  readonly servers: Servers;
  /** An empty folder on this machine. */
  readonly folder: string;
  /** Runs a script of the tree for the server. */
  script(
    name: string,
    args?: readonly string[],
    env?: Readonly<Record<string, string>>,
  ): Promise<CommandResult>;
  /** Runs a command in the tree. */
  inTree(command: string, args: readonly string[]): Promise<CommandResult>;
  /** Polls the condition. @throws when it does not hold within ten minutes, which means a hang. */
  until(what: string, holds: () => Promise<boolean>): Promise<void>;
}

/** Performs a step, throws if it fails, and returns the text for its table row. */
export type Step = (world: World) => Promise<string>;

/** A run. */
export interface Proof {
  /** @throws any error of the step. */
  take(name: string, step: Step): Promise<void>;
  print(): void;
  close(): Promise<void>;
}

interface Row {
  readonly name: string;
  readonly seconds: number;
  readonly memory: string;
  readonly note: string;
}

const LIMIT_MS = 600_000;
const LOOK_MS = 100;
/** An image built on a stand-in for the base may only go to this server. */
const SETTINGS = {
  ROTOR_STAND_IN: 'allowed',
  ROTOR_READY_SECONDS: '300',
  ROTOR_STEADY_SECONDS: '10',
};

/** @param folder an empty one. @throws when SERVER or CONTAINER_BRIDGE is not set. */
export async function openProof(folder: string): Promise<Proof> {
  const server = process.env['SERVER'];
  const bridge = process.env['CONTAINER_BRIDGE']?.split(' ') ?? [];
  if (!server || !bridge[0]) throw new Error('SERVER and CONTAINER_BRIDGE: expected both');
  const machines = createMachines(server, join(folder, 'log'));
  const tree = createTree(folder);
  const servers = await startServers(join(folder, 'sandbox'));
  const bridged = await machines.here(bridge[0], [...bridge.slice(1), ...portsOf(servers)]);
  if (bridged.code !== 0) throw new Error(`the bridge: ${bridged.output}`);
  const world: World = {
    ...{ server, tree, servers, folder },
    ...machines,
    inTree: (command, args) => machines.here(command, args, { cwd: tree.folder, env: SETTINGS }),
    script: (name, args = [], env = {}) =>
      machines.here(`scripts/${name}`, [server, ...args], {
        cwd: tree.folder,
        env: { ...SETTINGS, ...env },
      }),
    until,
  };
  const rows: Row[] = [];
  return {
    async take(name, step) {
      const began = performance.now();
      console.log(`== ${name}`);
      let note = 'FAILED';
      try {
        note = await step(world);
      } finally {
        const seconds = (performance.now() - began) / 1_000;
        rows.push({ name, seconds, memory: await memoryOf(world), note });
      }
    },
    print: () => console.log(rows.map(lineOf).join('\n')),
    async close() {
      await machines.there('cd rotor && docker compose stop').catch(() => undefined);
      await servers.close();
    },
  };
}

function lineOf({ name, seconds, memory, note }: Row): string {
  return `${name.padEnd(44)} ${seconds.toFixed(1).padStart(6)} s  ${memory.padStart(9)}  ${note}`;
}

function portsOf({ environment }: Servers): readonly string[] {
  return Object.values(environment).flatMap(
    (value) => /^http:\/\/[\d.]+:(\d+)/.exec(value)?.[1] ?? [],
  );
}

/** Memory of Rotor's container as reported by Docker. */
async function memoryOf({ there }: World): Promise<string> {
  const all = 'docker stats --no-stream --format "{{.Name}} {{.MemUsage}}"';
  const output = await there(all).catch(() => '');
  return /^rotor-rotor-1 (\S+)/m.exec(output)?.[1] ?? '-';
}

async function until(what: string, holds: () => Promise<boolean>): Promise<void> {
  const end = Date.now() + LIMIT_MS;
  while (!(await holds())) {
    if (Date.now() > end) throw new Error(`${what}: not within ${LIMIT_MS} ms`);
    await wait(LOOK_MS);
  }
}
