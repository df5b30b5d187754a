/** The way back from a bad version, interrupted at each of its calls: it ends well without another command. */
import { describe, expect } from 'vitest';
import { inWorld as it } from './in-world.ts';
import { type Failure, NEW, OLD, type Traits, type World } from './world.ts';

/** A version that crashes, and one that wrote what the old version cannot read and is not ready. */
const CRASHES: Traits = { crashes: 'yes' };
const WROTE: Traits = { health: 'reconciled', schema: 2 };

/** What the server's rotor@.service does when it has started. */
const boot = (world: World) =>
  world.run('../../home/rotor/.deploy/remote.sh', ['boot'], { env: { SIDE: 'there' } });

const deploy = (world: World, fail?: Failure) =>
  world.run('deploy.sh', ['me@server', '--skip-tests'], { fail });

const phase = (world: World) => world.read('home/rotor/.deploy/step').split('\n')[0] || 'ended';

/** Calls of the way back, by version: name and number. */
const CALLS: readonly (readonly [traits: Traits, name: string, nth: number])[] = [
  [CRASHES, 'there docker compose stop', 1],
  [CRASHES, 'there docker compose up', 2],
  [WROTE, 'there docker compose stop', 1],
  [WROTE, 'there docker once put', 1],
  [WROTE, 'there docker once restore', 1],
  [WROTE, 'there docker compose up', 2],
];

const rows = (ways: readonly string[]) =>
  CALLS.flatMap(([traits, name, nth]) =>
    ways.map((how): [string, Traits, Failure] => [
      `${name} ${nth} ${how}, ${traits === WROTE ? 'which wrote' : 'which crashes'}`,
      traits,
      { name, nth, how },
    ]),
  );

function expectBack(world: World, output: string): void {
  expect([world.running(), phase(world)], output).toEqual([OLD, 'ended']);
  expect(world.read('home/rotor/.env')).toBe(`ROTOR_IMAGE=${OLD}\n`);
  expect(world.journal()).toMatch(/^schema 1$/m);
}

describe.concurrent('the way back', () => {
  it.for(rows(['killed', 'killed-after']))(
    'ends by itself when the connection is cut at %s',
    async ([, traits, fail], { world }) => {
      world.next(traits);
      const { output } = await deploy(world, fail);
      await world.atRest();
      expectBack(world, output);
      expect(output).not.toContain('went back to');
    },
  );

  it.for(rows(['reboot', 'reboot-after']))(
    'ends when the server has started again after a power cut at %s',
    async ([, traits, fail], { world }) => {
      world.next(traits);
      await deploy(world, fail);
      await world.atRest();
      expect(phase(world)).toBe('going-back');
      const { code, output } = await boot(world);
      expect(code, output).toBe(0);
      expectBack(world, output);
    },
  );
});

describe.concurrent('a start of the server', () => {
  it.for<[string, Traits, string]>([
    ['keeps a new version that becomes ready', {}, NEW],
    ['goes back from one that crashes', CRASHES, OLD],
  ])('after a power cut in the middle of a switch %s', async ([, traits, running], { world }) => {
    world.next(traits);
    await deploy(world, { name: 'there docker compose up', nth: 1, how: 'reboot-after' });
    await world.atRest();
    await boot(world);
    expect([world.running(), phase(world)]).toEqual([running, 'ended']);
  });

  it('starts a desk that was stopped in order, and not one that was removed', async ({ world }) => {
    await deploy(world);
    world.set('container', '');
    world.set('stopped', `${NEW}\n`);
    expect([(await boot(world)).code, world.running()]).toEqual([0, NEW]);
    world.set('container', '');
    expect([(await boot(world)).code, world.running()]).toEqual([0, '']);
  });

  it('puts the old version up when its container was gone and the new one not there yet', async ({
    world,
  }) => {
    await deploy(world, { name: 'there docker compose up', nth: 1, how: 'reboot-half' });
    await world.atRest();
    expect(world.running()).toBe('');
    const { code, output } = await boot(world);
    expect(code, output).toBe(0);
    expectBack(world, output);
  });

  it('starts the newer one where a power cut left both containers', async ({ world }) => {
    await deploy(world);
    world.set('container', '');
    world.set('stopped', `${NEW}\n${OLD}\n`);
    world.set('home/rotor/.deploy/step', `switching\n${NEW}\n${OLD}\n\nbefore-deploy\n`);
    const { code, output } = await boot(world);
    expect([code, world.running(), phase(world)], output).toEqual([0, NEW, 'ended']);
    expect(output).not.toContain('could be started');
  });

  it('leaves nothing for the next script to repair', async ({ world }) => {
    world.next(CRASHES);
    await deploy(world, { name: 'there docker compose stop', nth: 1, how: 'reboot' });
    await world.atRest();
    expect((await boot(world)).output).toContain(`went back to ${OLD}; ${NEW} does not run`);
    expect((await deploy(world)).output).not.toContain('was cut off');
  });
});
