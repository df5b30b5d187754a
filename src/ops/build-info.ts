/** The running program as three digests: a digest that differs at the next start shows what changed. */
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Build } from '#core/domain/account-state.ts';
import type { Model } from '#core/domain/model.ts';
import { COUNTING } from '#core/views/changes.ts';
import { isLoopback } from '#src/config/addresses.ts';
import type { Environment } from '#src/config/environment.ts';
import type { Config } from '#src/config/types.ts';

const SOURCES = join(import.meta.dirname, '..');

/** Without secrets: a rotated key is not a new configuration, and no digest of one may be shown. */
export function buildOf(
  config: Config,
  models: readonly Model[],
  notes?: readonly string[],
): Build {
  const { alpaca, discord, health, ...rest } = config;
  const shown = {
    ...rest,
    health: { ...health, heartbeatUrl: undefined },
    alpaca: { apiBase: placeOf(alpaca.apiBase) },
    discord: { ...discord, token: undefined, apiBase: placeOf(discord.apiBase) },
  };
  return {
    code: codeDigest(),
    config: digest(JSON.stringify(shown)),
    counting: COUNTING,
    ...(notes && { notes }),
    models: digest(
      JSON.stringify(models.map(({ weigh, ...model }) => model)) + sourcesUnder('models'),
    ),
  };
}

/** The system assigns the sandbox's servers a new port at each start. */
function placeOf(address: string): string {
  return isLoopback(address) ? new URL(address).hostname : address;
}

/**
 * Version as in the image's name: version, commit, and whether files differ from the commit. The image's
 * own version, which a tag may have set, counts before `version`, that of package.json.
 */
export function versionOf(version: string, env: Environment): string {
  const commit = env['ROTOR_COMMIT'];
  if (!commit) return version;
  const named = env['ROTOR_VERSION'] || version;
  const dirty = !['', 'false', '0', 'no'].includes(env['ROTOR_DIRTY'] ?? '');
  return `${named}-${commit.slice(0, 7)}${dirty ? '-dirty' : ''}`;
}

/**
 * Items of the section `## X.Y.Z` of a change log, each as one line of plain text; undefined without such
 * a section or with an empty one. `version` may continue after X.Y.Z, as in the image's name.
 */
export function notesOf(changeLog: string, version: string): readonly string[] | undefined {
  const [name] = /^\d+\.\d+\.\d+/.exec(version) ?? [];
  if (name === undefined) return undefined;
  const sections = changeLog.split(/^## /m).slice(1);
  const section = sections.find((text) => /^\[?v?(\d+\.\d+\.\d+)\b/.exec(text)?.[1] === name);
  const notes = (section ?? '')
    .split(/^- /m)
    .slice(1)
    .map((item) =>
      (item.split(/^#|\n\s*\n/m)[0] ?? '').replace(/[*`]/g, '').replace(/\s+/g, ' ').trim(),
    );
  return notes.length > 0 ? notes : undefined;
}

/** Text of CHANGELOG.md next to the sources; empty if it is missing. */
export function readChangeLog(): string {
  const path = join(SOURCES, '..', 'CHANGELOG.md');
  return existsSync(path) ? readFileSync(path, 'utf8') : '';
}

/** Digest of every source file. */
export const codeDigest = once(() => digest(sourcesUnder('')));

/** Folders whose code makes decisions. */
const DECIDING = ['core/domain', 'core/rules', 'core/decide', 'models'];

/** Digest of the source files that make decisions. */
export const decidingDigest = once(() => digest(DECIDING.map(sourcesUnder).join('\n')));

/** The files of a running process do not change, and reading them all takes a tenth of a second. */
function once(compute: () => string): () => string {
  let result: string | undefined;
  return () => {
    result ??= compute();
    return result;
  };
}

/** Every source file by name and content, in the same order on every machine. */
function sourcesUnder(room: string): string {
  const folder = join(SOURCES, room);
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .sort()
    .map((name) => `${name}\n${readFileSync(join(folder, name), 'utf8')}`)
    .join('\n');
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 10);
}
