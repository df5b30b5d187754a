import { afterAll, describe, expect, it } from 'vitest';
import { failuresOf } from './failures.ts';
import { createWorld, type Ended, type Failure, NEW, OLD, type World } from './world.ts';

/** What was there when everything had come to rest. */
interface Outcome {
  readonly ended: Ended;
  readonly running: string;
  readonly phase: string;
  readonly journal: string;
  readonly images: readonly string[];
  /** What became of it when the script was run once more, where something was left to repair. */
  readonly again:
    | { readonly ended: Ended; readonly running: string; readonly phase: string }
    | undefined;
}

const SCRIPTS = ['deploy.sh', 'rollback.sh', 'restore.sh'] as const;
type Script = (typeof SCRIPTS)[number];

/** Deploys NEW over OLD, takes NEW back to OLD, or puts OLD's own backup in place. */
const AIM = { 'deploy.sh': NEW, 'rollback.sh': OLD, 'restore.sh': NEW } as const;
const BEFORE = { 'deploy.sh': OLD, 'rollback.sh': NEW, 'restore.sh': NEW } as const;

async function prepared(script: Script): Promise<World> {
  const world = await createWorld();
  if (script !== 'deploy.sh') {
    world.install(NEW);
    world.set('home/rotor/.deploy/previous', `${OLD}\n`);
  }
  if (script === 'restore.sh') world.backupOf(COPY, `${world.journal()}started once\n`);
  world.forget();
  return world;
}

const COPY = 'journal-20260101T000000Z-asked.sqlite.gz';
const argsOf = (script: Script): readonly string[] =>
  script === 'restore.sh' ? ['me@server', COPY] : ['me@server'];
const phaseOf = (world: World): string =>
  world.read('home/rotor/.deploy/step').split('\n')[0] || 'ended';

async function tryFailure(script: Script, fail: Failure): Promise<Outcome> {
  const world = await prepared(script);
  const ended = await world.run(script, argsOf(script), { fail });
  await world.atRest();
  const first = {
    ended,
    running: world.running(),
    phase: phaseOf(world),
    journal: world.journal(),
    images: world.images('there'),
  };
  const again = first.phase === 'ended' ? undefined : await runAgain(world, script);
  world.remove();
  return { ...first, again };
}

async function runAgain(world: World, script: Script) {
  const ended = await world.run(script, argsOf(script));
  await world.atRest();
  return { ended, running: world.running(), phase: phaseOf(world) };
}

async function callsOf(script: Script): Promise<readonly string[]> {
  const world = await prepared(script);
  await world.run(script, argsOf(script));
  const calls = world.calls();
  world.remove();
  return calls;
}

function isTheirOwn({ name, how }: Failure): boolean {
  return /compose (up|stop)|once (restore|put)/.test(name) && /exit|half|reboot-/.test(how);
}

const rows = (
  await Promise.all(
    SCRIPTS.map(async (script) =>
      failuresOf(await callsOf(script))
        // What leads to the switch is the same in each; deploy stands for all.
        .filter((fail) => script === 'deploy.sh' || isTheirOwn(fail))
        .map((fail) => ({ script, fail })),
    ),
  )
).flat();

/** A handful at a time: most of it is waiting for limits. */
const LANES = 10;
type Row = (typeof rows)[number];
const outcomes = new Map<Row, PromiseWithResolvers<Outcome>>(
  rows.map((row) => [row, Promise.withResolvers<Outcome>()]),
);
const waiting = [...rows];
const lanes = Array.from({ length: LANES }, async () => {
  for (let row = waiting.shift(); row; row = waiting.shift()) {
    outcomes.get(row)?.resolve(await tryFailure(row.script, row.fail));
  }
});
afterAll(() => Promise.all(lanes));

describe('whatever fails', () => {
  it('is tried call by call', () => {
    const names = new Set(rows.map(({ fail }) => fail.name));
    for (const name of ['here docker build', 'there docker load', 'there docker compose up']) {
      expect(names).toContain(name);
    }
    expect(rows.length).toBeGreaterThan(90);
  });

  // Not it.each: it would cut the names short.
  for (const row of rows) {
    const { name, nth, how } = row.fail;
    it(`${row.script}: ${name} ${nth} ${how}`, () => expectWhole(row));
  }
});

async function expectWhole(row: Row): Promise<void> {
  const { script, fail } = row;
  const outcome = await outcomes.get(row)?.promise;
  if (!outcome) throw new Error('not tried');
  const { ended, running, phase, journal, images, again } = outcome;
  const { code } = ended;
  // Success is said only where the new version runs, and nothing is left to do.
  if (code === 0) expect([running, phase]).toEqual([AIM[script], 'ended']);
  // Otherwise the old one runs; or the new one, where only the last word of it was not heard.
  else if (!fail.how.startsWith('reboot')) expect([BEFORE[script], AIM[script]]).toContain(running);
  if (phase === 'ended' && code !== 0 && !/follow|start/.test(fail.name)) {
    expect(running).toBe(BEFORE[script]);
  }
  // A server that went down in the middle may run nothing: then the next run knows.
  if (running === '') expect(phase).not.toBe('ended');
  if (again)
    expect(again).toMatchObject({ ended: { code: 0 }, running: AIM[script], phase: 'ended' });
  expect(journal).toContain('account id PA1 PAPER');
  expect(images).toContain(OLD);
}
