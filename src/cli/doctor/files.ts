/** Rotor's files: bars and the journal. */

import { statSync } from 'node:fs';
import { lastFinalSession } from '#core/domain/calendar.ts';
import { counted } from '#core/domain/figures.ts';
import { epochMs } from '#core/domain/units.ts';
import { instruments, peers, UNIVERSE } from '#core/domain/universe.ts';
import { errorCode } from '#core/errors.ts';
import { verifyFolder } from '#core/market/files/verify.ts';
import { checkJournal } from '#core/store/backup.ts';
import { journalFiles } from '#core/store/journal-files.ts';
import type { Config } from '#src/config/types.ts';
import { isFolder, latestDay } from '../bars.ts';
import type { CliParts } from '../command.ts';
import { type Check, fail, pass, reasonOf } from './check.ts';

const SAMPLE = 'data/sample';
/** A running Rotor fetches bars daily; a week without is worth a warning. */
const MAX_SESSIONS = 5;
const FETCHED = 'The next start fetches them again; `rotor verify` lists every file.';

/** The bars that the sandbox replays; they ship with Rotor. */
export async function sampleBars(parts: CliParts): Promise<Check> {
  const { sound, lacking } = await soundIn(SAMPLE, parts);
  if (lacking.length === 0) return pass('sample bars', `${sound} sound files`);
  return fail('sample bars', `missing ${lacking.join(', ')}`, 'Make them with npm run sample.');
}

/** Rotor's own bars; there are none before the first start. */
export async function storedBars(
  { dataDir }: Pick<Config, 'dataDir'>,
  parts: Pick<CliParts, 'now'>,
): Promise<Check> {
  try {
    if (!isFolder(dataDir)) return pass('bars', 'none yet; the first start fetches ten years');
    return barsIn(dataDir, await soundIn(dataDir, parts));
  } catch (error) {
    // A folder that this user cannot read is a finding, not a failure of the doctor.
    return fail('bars', reasonOf(error), `Let this user read ${dataDir}, or set DATA_DIR.`);
  }
}

function barsIn(folder: string, found: Awaited<ReturnType<typeof soundIn>>): Check {
  const { sound, lacking, refused, oldest } = found;
  if (sound + refused.length === 0) return pass('bars', 'none yet; the first start fetches them');
  if (lacking.length > 0) {
    const why = refused.length > 0 ? refused.join('; ') : `missing ${lacking.join(', ')}`;
    return fail('bars', why, FETCHED);
  }
  const [last, age] = [oldest?.last ?? 'nowhere', oldest?.ageSessions ?? 0];
  if (age <= MAX_SESSIONS) return pass('bars', `${sound} sound files in ${folder}, to ${last}`);
  const remedy =
    'A start fetches the rest; if a desk is running, /status says under Data why it has not.';
  return fail('bars', `end ${last}, ${counted(age, 'session')} ago`, remedy);
}

async function soundIn(folder: string, parts: Pick<CliParts, 'now'>) {
  const closed = lastFinalSession(epochMs(parts.now())).date;
  const { files } = await verifyFolder([folder], latestDay(parts), {
    peers: peers(UNIVERSE),
    closed,
  });
  const wanted = instruments(UNIVERSE).map(({ ticker }) => ticker);
  const sound = files.filter(({ verdict }) => verdict !== 'refused');
  const refused = files.flatMap(({ verdict, ticker, problems }) =>
    verdict === 'refused' ? [`${ticker}: ${problems[0] ?? 'refused'}`] : [],
  );
  const read = new Map(sound.map((file) => [file.ticker, file]));
  const lacking = wanted.filter((ticker) => !read.has(ticker));
  const [oldest] = wanted
    .flatMap((ticker) => read.get(ticker) ?? [])
    .toSorted((a, b) => (b.ageSessions ?? 0) - (a.ageSessions ?? 0));
  return { sound: read.size, lacking, refused, oldest };
}

/** Whether each entry's hash covers the one before; works while Rotor runs. */
export function journal(config: Pick<Config, 'stateDir'>): Check {
  const files = journalFiles(config.stateDir);
  const remedy = 'Keep the file, then restore a backup: rotor journal restore --from FILE.';
  try {
    const there = statSync(files.database, { throwIfNoEntry: false });
    if (!there) return pass('journal', 'none yet; the first start creates it');
    const { entries, fault } = checkJournal(files);
    if (fault !== undefined) return fail('journal', fault, remedy);
    return pass('journal', `${entries} entries, the chain is intact`);
  } catch (error) {
    // A database that cannot be opened is a finding, not a failure of the doctor.
    const closed = errorCode(error) === 'EACCES';
    return fail(
      'journal',
      reasonOf(error),
      closed ? 'Run it as the user that runs Rotor.' : remedy,
    );
  }
}
