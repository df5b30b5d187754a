/** Secrets as files: `DISCORD_TOKEN_FILE=/run/secrets/discord_token` is replaced by its content. */

import { isSafeUrl } from './config/addresses.ts';
import { fileFaultsIn } from './config/env-file.ts';
import { ConfigError, type Environment } from './config/environment.ts';
import { SECRET_VARIABLES } from './config/variables.ts';

/** Reads a secret's file. @throws when it cannot be read. */
export type ReadSecret = (path: string) => string;

/** Docker mounts an empty file for an optional secret that was left out; only these may be empty. */
const MAY_BE_EMPTY: readonly string[] = ['HEARTBEAT_URL', 'SUPERVISOR_WEBHOOK_URL'];

/**
 * Characters that a failed paste contains but no key, token or address does; the first one found is named.
 */
const PASTE_FAULTS: readonly (readonly [found: string, pattern: RegExp])[] = [
  ['a second line', /[\n\r\u0085\u2028\u2029]/],
  ['a space or a tab', /\s/],
  ['a control or an invisible character', /\p{C}/u],
  ['a quotation mark', /^\p{Quotation_Mark}|\p{Quotation_Mark}$/u],
];

/**
 * The environment with each `*_FILE` replaced by the file's content, without the final line end.
 * @throws ConfigError listing every error by variable name and path, never with content.
 */
export function withSecretFiles(env: Environment, read: ReadSecret): Environment {
  const faults: string[] = [...fileFaultsIn(env)];
  const found: Record<string, string> = {};
  for (const name of SECRET_VARIABLES) {
    const path = env[`${name}_FILE`];
    const odd = oddIn(env[name] ?? '');
    if (odd !== undefined) faults.push(`${name}: ${odd}`);
    if (!path) continue;
    if (env[name]) faults.push(`${name}: is set, and ${name}_FILE too; keep one`);
    const content = contentOf(path, read);
    const fault = faultOf(name, path, content);
    if (fault !== undefined) faults.push(`${name}_FILE: ${fault}`);
    else if (content) found[name] = content;
  }
  if (faults.length > 0) throw new ConfigError(faults);
  return { ...withoutFiles(env), ...found };
}

/** The error in a file's content, described without showing any of it. */
function faultOf(name: string, path: string, content: string | undefined): string | undefined {
  if (content === undefined) return `cannot read ${path}`;
  if (content === '') return MAY_BE_EMPTY.includes(name) ? undefined : `${path} is empty`;
  const odd = oddIn(content);
  return odd && `${odd} in ${path}`;
}

function oddIn(secret: string): string | undefined {
  const found = PASTE_FAULTS.find(([, pattern]) => pattern.test(secret))?.[0];
  return found && `expected one word, found ${found}`;
}

/** One secret as far as it can be read, for messages sent while the configuration is invalid. */
export function secretOf(
  name: (typeof SECRET_VARIABLES)[number],
  env: Environment,
  read: ReadSecret,
): string | undefined {
  const path = env[`${name}_FILE`];
  return env[name] || (path ? contentOf(path, read) : undefined) || undefined;
}

/** The same for an address; undefined when invalid, or when it would send data unencrypted. */
export function addressOf(...asked: Parameters<typeof secretOf>): string | undefined {
  const url = secretOf(...asked);
  // URL ignores line ends: two lines would become one address of an unknown owner.
  return url !== undefined && oddIn(url) === undefined && isSafeUrl(url) ? url : undefined;
}

/** All secrets, as far as they can be read. */
export function secretsIn(env: Environment, read: ReadSecret): readonly string[] {
  return SECRET_VARIABLES.map((name) => secretOf(name, env, read)).filter(
    (secret) => secret !== undefined,
  );
}

/** A file that cannot be read is reported by name; `ls` tells the reason. */
function contentOf(path: string, read: ReadSecret): string | undefined {
  try {
    return read(path).trim();
  } catch {
    return undefined;
  }
}

function withoutFiles(env: Environment): Environment {
  const names = SECRET_VARIABLES.map((name) => `${name}_FILE`);
  return Object.fromEntries(Object.entries(env).filter(([name]) => !names.includes(name)));
}
