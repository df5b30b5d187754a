/**
 * A process that tops two tickers up on a real disk and stands still before one effect, named on its
 * output, for somebody to kill it there: `TOP_UP_FOLDER`, `TOP_UP_STEP` from 1.
 */
import { peers, UNIVERSE } from '#core/domain/universe.ts';
import { createBarStore } from '#core/market/bar-store.ts';
import { type Disk, folderDisk } from '#core/market/files/disk.ts';
import { AFTER, sourceOf, TWO } from './top-up-world.ts';

const folder = String(process.env['TOP_UP_FOLDER']);
const stopAt = Number(process.env['TOP_UP_STEP']);
let step = 0;

/** Never comes back from the step at which it is to be killed. */
async function effect(name: string): Promise<void> {
  step += 1;
  if (step !== stopAt) return;
  process.stdout.write(`at ${name}\n`);
  setInterval(() => undefined, 60_000);
  await new Promise(() => undefined);
}

function halting(disk: Disk): Disk {
  const plain = (name: string): string => name.replace(/\.[^.]*-\d+\.draft$/, ' draft');
  return {
    ...disk,
    async write(name, bytes) {
      await effect(`write ${plain(name)}`);
      await disk.write(name, bytes);
    },
    async sync(name) {
      await effect(`sync ${plain(name)}`);
      await disk.sync(name);
    },
    async rename(from, to) {
      await effect(`rename to ${to}`);
      await disk.rename(from, to);
    },
    async syncFolder() {
      await effect('sync the folder');
      await disk.syncFolder();
    },
  };
}

const source = sourceOf(TWO);
const store = createBarStore({
  peers: peers(UNIVERSE),
  folder,
  disk: halting(folderDisk(folder)),
  fetcher: {
    async fetch(...request) {
      await effect('ask for the bars');
      const answer = await source.fetch(...request);
      await effect('take the answer');
      return answer;
    },
  },
  tickers: TWO,
  name: 'source',
  log: { info() {}, warn() {}, error() {} },
});
await store.load(AFTER);
process.stdout.write(`done after ${step} steps\n`);
process.exit(0);
