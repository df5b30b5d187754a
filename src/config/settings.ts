/** The settings in force, for display. */

import type { Environment } from '#src/config/environment.ts';
import { barsFolder, defaultPort } from '#src/config/variables.ts';
import { withRetired } from './names.ts';
import { PAPER_BASE, SECRET_VARIABLES, schema, VARIABLES } from './variables.ts';

/** A variable's name, its displayed value, and whether it is the default. */
export type Setting = readonly [name: string, value: string, source?: 'default'];

/** Every variable; secrets only as set or not. */
export function settingsOf(given: Environment): readonly Setting[] {
  const env = withRetired(given);
  return VARIABLES.map((name): Setting => {
    const value = env[name] || undefined;
    if (value === undefined) {
      return [name, isSecret(name) ? NOT_SET : defaultOf(name, env), 'default'];
    }
    return [name, isSecret(name) ? 'set' : withoutSecrets(value)];
  });
}

const NOT_SET = 'not set';

/** The value used when the variable is not set. */
function defaultOf(name: string, env: Environment): string {
  if (name === 'DATA_DIR') return barsFolder(env['STATE_DIR'] || defaultOf('STATE_DIR', env));
  if (name === 'HEALTH_PORT') return String(defaultPort(env['ALPACA_API_BASE'] || PAPER_BASE));
  if (name === 'ANNOUNCE_AT') return '20:00,09:00';
  const field = Object.entries(schema.shape).find(([each]) => each === name)?.[1];
  const { data } = field?.safeParse(undefined) ?? {};
  return data === undefined || typeof data === 'object' ? NOT_SET : String(data);
}

/** An address may contain a password before its host and a key after its path. */
function withoutSecrets(value: string): string {
  const open = value.replace(/\/\/[^/@]*@/, '//');
  return URL.canParse(value) ? open.replace(/[?#].*$/, '?…') : open;
}

function isSecret(name: string): boolean {
  return SECRET_VARIABLES.some((secret) => secret === name);
}
