/** What Rotor keeps on disk: bars and the journal. */
import { existsSync } from 'node:fs';
import { instruments, UNIVERSE } from '#core/domain/universe.ts';
import { verifyFolder } from '#core/market/verify.ts';
import { checkJournal, journalFiles } from '#core/store/backup.ts';
import type { Config } from '#src/config.ts';
import { isFolder, latestDay } from '../bars.ts';
import type { CliParts } from '../command.ts';
import { type Check, fail, pass, reasonOf } from './check.ts';

const SAMPLE = 'data/sample';

/** The bars that the sandbox replays; they come along. */
export async function sampleBars(parts: CliParts): Promise<Check> {
  const { sound, lacking } = await soundIn(SAMPLE, parts);
  if (lacking.length === 0) return pass('sample bars', `${sound} sound files`);
  return fail('sample bars', `missing ${lacking.join(', ')}`, 'Make them with npm run sample.');
}

/** The desk's own bars; none at all before the first start. */
export async function storedBars(
  config: Pick<Config, 'dataDir'>,
  parts: Pick<CliParts, 'now'>,
): Promise<Check> {
  const { dataDir } = config;
  if (!isFolder(dataDir)) return pass('bars', 'none yet; the first start fetches ten years');
  const { sound, lacking, refused } = await soundIn(dataDir, parts);
  if (sound + refused.length === 0) return pass('bars', 'none yet; the first start fetches them');
  if (lacking.length === 0) return pass('bars', `${sound} sound files in ${dataDir}`);
  const why = refused.length > 0 ? refused.join('; ') : `missing ${lacking.join(', ')}`;
  const remedy = 'The next start fetches them again; rotor verify shows every file.';
  return fail('bars', why, remedy);
}

async function soundIn(folder: string, parts: Pick<CliParts, 'now'>) {
  const { files } = await verifyFolder([folder], latestDay(parts));
  const sound = new Set(files.filter((file) => file.verdict !== 'refused').map((f) => f.ticker));
  const refused = files.flatMap(({ verdict, ticker, problems }) =>
    verdict === 'refused' ? [`${ticker}: ${problems[0] ?? 'refused'}`] : [],
  );
  const lacking = instruments(UNIVERSE)
    .map(({ ticker }) => ticker)
    .filter((ticker) => !sound.has(ticker));
  return { sound: sound.size, lacking, refused };
}

/** Every entry sealed over the one before, also while the desk runs. */
export function journal(config: Pick<Config, 'stateDir'>): Check {
  const files = journalFiles(config.stateDir);
  if (!existsSync(files.database)) return pass('journal', 'none yet; the first start makes it');
  const remedy = 'Keep the file, then restore a backup: rotor journal restore --from FILE.';
  try {
    const { entries, fault } = checkJournal(files);
    if (fault !== undefined) return fail('journal', fault, remedy);
    return pass('journal', `${entries} entries, the chain holds`);
  } catch (error) {
    // A database that cannot be opened at all is the finding, not an accident of the doctor.
    return fail('journal', reasonOf(error), remedy);
  }
}
