/** Checks of this machine: Node, folders, disk, file modes of secrets, calendar. */
import { constants } from 'node:fs';
import { access, stat, statfs } from 'node:fs/promises';
import { isSession, sessions } from '#core/domain/calendar.ts';
import { grouped } from '#core/domain/figures.ts';
import { newYorkDate } from '#core/domain/new-york.ts';
import type { Environment } from '#src/config/environment.ts';
import { SECRET_VARIABLES } from '#src/config/variables.ts';
import type { CliParts } from '../command.ts';
import { type Check, fail, pass } from './check.ts';

const NODE_MAJOR = 24;
/** Bars take 3 MB, a year of the journal less than 50; the rest is for backups and reserve. */
const FREE_BYTES = 200 * 1024 * 1024;
/** Any access for others, or write access for the group; Docker's own secrets are group-readable. */
const OPEN = 0o027;

/** Whether this Node can run Rotor. */
export function nodeVersion({ nodeVersion: version }: CliParts): Check {
  if (Number(version.split('.')[0]) >= NODE_MAJOR) return pass('Node', version);
  const remedy = `Node ${NODE_MAJOR} comes with npm ci; start with npm start or npm run rotor.`;
  return fail('Node', version, remedy);
}

/** A file that other users may read must not contain a secret. */
export async function secretFiles(env: Environment): Promise<readonly Check[]> {
  const named = SECRET_VARIABLES.flatMap((name) => {
    const path = env[`${name}_FILE`];
    return path ? [[`${name}_FILE`, path] as const] : [];
  });
  const all = [...named, ['.env', '.env'] as const];
  const checks = await Promise.all(all.map(([name, path]) => modeOf(name, path)));
  return checks.filter((check) => check !== undefined);
}

async function modeOf(variable: string, path: string): Promise<Check | undefined> {
  const name = `mode of ${variable}`;
  const found = await stat(path).catch(() => undefined);
  // A missing file is reported with the configuration; a missing .env is fine.
  if (!found) return undefined;
  const mode = (found.mode & 0o777).toString(8).padStart(3, '0');
  if ((found.mode & OPEN) === 0) return pass(name, mode);
  return fail(name, `${path} is open to others (${mode})`, `chmod 600 ${path}`);
}

/** Whether the state folder can be written. */
export async function stateFolder({ env }: Pick<CliParts, 'env'>): Promise<Check> {
  const folder = env['STATE_DIR'] || 'data';
  if ((await isDirectory(folder)) && (await isWritable(folder))) {
    return pass('state folder', `${folder} can be read and written`);
  }
  const remedy = `Create ${folder}, or set STATE_DIR to a folder that this user may write in.`;
  return fail('state folder', `${folder} is not a writable folder`, remedy);
}

/** A folder that cannot be reached counts as missing: the remedy is the same. */
function isDirectory(folder: string): Promise<boolean> {
  return stat(folder).then(
    (found) => found.isDirectory(),
    () => false,
  );
}

/** The operating system reports access rights only by refusing. */
function isWritable(folder: string): Promise<boolean> {
  return access(folder, constants.R_OK | constants.W_OK).then(
    () => true,
    () => false,
  );
}

/** Whether the disk has enough space. */
export async function disk({ env }: Pick<CliParts, 'env'>): Promise<Check> {
  const folder = env['STATE_DIR'] || 'data';
  const found = await statfs(folder).catch(() => undefined);
  if (!found) return fail('disk', `${folder} cannot be asked`, 'See the state folder above.');
  return room(found.bavail * found.bsize);
}

/** @param free bytes */
export function room(free: number): Check {
  const detail = `${grouped(free / 1024 / 1024)} MB free`;
  if (free >= FREE_BYTES) return pass('disk', detail);
  return fail('disk', detail, 'Free some space: old images and backups first. Rotor needs 200 MB.');
}

/** Whether the trading calendar reaches far enough. */
export function calendar({ now }: Pick<CliParts, 'now'>): Check {
  const today = newYorkDate(now());
  const last = sessions().at(-1)?.date ?? today;
  const open = isSession(today) ? 'a session' : 'no session';
  const detail = `${today} is ${open}; the calendar ends ${last}`;
  if (today < last) return pass('calendar', detail);
  return fail('calendar', detail, 'Update Rotor: its calendar of the exchange has run out.');
}
