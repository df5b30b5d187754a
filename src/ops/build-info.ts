/** What runs, as three digests: another digest at the next start says what changed. */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Build } from '#core/domain/account-state.ts';
import type { Model } from '#core/domain/model.ts';
import { COUNTING } from '#core/views/changes.ts';
import { isLoopback } from '#src/config/addresses.ts';
import type { Environment } from '#src/config/environment.ts';
import type { Config } from '#src/config/types.ts';

const SOURCES = join(import.meta.dirname, '..');

/** Secrets are left out: a rotated key is no other configuration, and no digest of one is shown. */
export function buildOf(config: Config, models: readonly Model[]): Build {
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
    models: digest(
      JSON.stringify(models.map(({ weigh, ...model }) => model)) +
        sourcesUnder(join(SOURCES, 'models')),
    ),
  };
}

/** The system gives this machine's own servers another port at each start. */
function placeOf(address: string): string {
  return isLoopback(address) ? new URL(address).hostname : address;
}

/** As the image is named that runs: version, commit, and whether it holds what is in no commit. */
export function versionOf(version: string, env: Environment): string {
  const commit = env['ROTOR_COMMIT'];
  if (!commit) return version;
  const dirty = !['', 'false', '0', 'no'].includes(env['ROTOR_DIRTY'] ?? '');
  return `${version}-${commit.slice(0, 7)}${dirty ? '-dirty' : ''}`;
}

/** Of every source file. */
export function codeDigest(): string {
  return digest(sourcesUnder(SOURCES));
}

/** The rooms whose code makes a decision. */
const DECIDING = ['core/domain', 'core/rules', 'core/decide', 'models'];

/** Of the source files that a decision is made by. */
export function decidingDigest(): string {
  return digest(DECIDING.map((room) => sourcesUnder(join(SOURCES, room))).join('\n'));
}

/** Every source file by name and content, in one order on every machine. */
function sourcesUnder(folder: string): string {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .sort()
    .map((name) => `${name}\n${readFileSync(join(folder, name), 'utf8')}`)
    .join('\n');
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 10);
}
