/** Steps about the journal: backup, restore, and a deploy with a full disk. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expectEnd, expectTrading } from './desk.ts';
import type { Step, World } from './proof.ts';
import { CODE_ALONE, deployRefused } from './versions.ts';

const copiesOf = ({ folder }: World): string => join(folder, 'copies');

/** Copies a backup to this machine. */
export const backUp: Step = async (world) => {
  expectEnd(await world.script('backup.sh', ['--copy-to', copiesOf(world)]), 0);
  return `${readdirSync(copiesOf(world)).length} files here`;
};

/** Restores that copy. */
export const restore: Step = async (world) => {
  const name = readdirSync(copiesOf(world)).find((each) => each.endsWith('.gz')) ?? '';
  const ended = await world.script('restore.sh', [join(copiesOf(world), name)]);
  expectEnd(ended, 0, 'is the journal now');
  await world.servers.operate('resume', { reason: 'restored' });
  await expectTrading(world);
  return name;
};

/** The backup folder is full: Rotor must not be stopped without a backup. */
export const fullDisk: Step = async (world) => {
  await world.there('sudo mount -t tmpfs -o size=4k,mode=0777 tmpfs rotor/backups');
  try {
    return await deployRefused(world, { changes: [CODE_ALONE], words: ['No space left'] });
  } finally {
    await world.there('sudo umount rotor/backups');
  }
};
