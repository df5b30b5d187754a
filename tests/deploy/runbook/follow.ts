/** Does what a situation of the runbook says, step by step, and holds what comes against what it promises. */
import { expect } from 'vitest';
import type { PersonKey } from '#sandbox/discord/world.ts';
import type { Block, Situation } from './steps.ts';
import { type RunbookWorld, until } from './world.ts';

export interface Following {
  /** What a web page does, by the words of the block. */
  readonly pages?: Readonly<Record<string, () => Promise<void> | void>>;
  /** What happens in the world before a command, by how it begins; once each, in the order given. */
  readonly before?: readonly (readonly [command: string, act: () => Promise<void> | void])[];
  /** Leaves the blocks of other steps out. */
  readonly only?: (block: Block) => boolean;
}

/** Asking again changes nothing; anything else is done once. */
const ASKS = /^(curl -s|docker compose ps)/;

export async function follow(
  world: RunbookWorld,
  { heading, blocks }: Situation,
  { pages = {}, before = [], only = () => true }: Following = {},
): Promise<void> {
  const events = [...before];
  for (const block of blocks.filter(only)) {
    const index = events.findIndex(([command]) => block.command.startsWith(command));
    if (index >= 0) await events.splice(index, 1)[0]?.[1]();
    const place = `${heading}, step ${block.step}: ${block.command}`;
    if (block.where === 'browser') await page(pages, block.command);
    else if (block.where === 'discord') await say(world, block, place);
    else await type(world, block, place);
  }
  expect(
    events.map(([command]) => command),
    `${heading}: never came to`,
  ).toEqual([]);
}

async function page(pages: Following['pages'], words: string): Promise<void> {
  const act = pages?.[words];
  if (!act) throw new Error(`no page does "${words}"`);
  await act();
}

/** The person with that role and no higher one; asked again while the desk is on its way. */
async function say({ outside }: RunbookWorld, block: Block, place: string): Promise<void> {
  let seen = '';
  await until(place, async () => {
    seen = await outside.say(block.role as PersonKey, block.command).catch(String);
    return holds(block, seen);
  }).catch(() => expect(seen, place).toContain(block.shows.find((text) => !seen.includes(text))));
}

async function type(world: RunbookWorld, block: Block, place: string): Promise<void> {
  const secret = /\/dev\/stdin secrets\/(\w+)$/.exec(block.command)?.[1];
  if (secret !== undefined) world.type(`${world.outside.secrets[secret]}\n`);
  let ended = await world.run(block.where, block.command);
  const missing = () => block.shows.find((text) => !ended.output.includes(text));
  if (ASKS.test(block.command) && missing() !== undefined) {
    await until(place, async () => {
      ended = await world.run(block.where, block.command);
      return missing() === undefined;
    }).catch(() => undefined);
  }
  expect(ended.code, `${place}\n${ended.output}`).toBe(block.exit);
  if (missing() !== undefined) expect(ended.output, place).toContain(missing());
}

function holds({ shows }: Block, seen: string): boolean {
  return !/^(failed|RangeError|Error)/.test(seen) && shows.every((text) => seen.includes(text));
}
