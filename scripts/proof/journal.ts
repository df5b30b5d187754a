/** The journal: out of the server, back in its place, and what a full disk does to a deploy. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expectEnd, expectTrading } from './desk.ts';
import type { Step, World } from './proof.ts';
import { CODE_ALONE, deployRefused } from './versions.ts';

const copiesOf = ({ folder }: World): string => join(folder, 'copies');

/** A copy of it comes here. */
export const backUp: Step = async (world) => {
  expectEnd(await world.script('backup.sh', ['--copy-to', copiesOf(world)]), 0);
  return `${readdirSync(copiesOf(world)).length} files here`;
};

/** That copy takes its place. */
export const restore: Step = async (world) => {
  const name = readdirSync(copiesOf(world)).find((each) => each.endsWith('.gz')) ?? '';
  const ended = await world.script('restore.sh', [join(copiesOf(world), name)]);
  expectEnd(ended, 0, 'is the journal now');
  await world.servers.operate('resume', { reason: 'restored' });
  await expectTrading(world);
  return name;
};

/** The folder of the backups takes nothing: nothing may be stopped without one. */
export const fullDisk: Step = async (world) => {
  await world.there('sudo mount -t tmpfs -o size=4k,mode=0777 tmpfs rotor/backups');
  try {
    return await deployRefused(world, { changes: [CODE_ALONE], words: ['No space left'] });
  } finally {
    await world.there('sudo umount rotor/backups');
  }
};
