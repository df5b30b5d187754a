/**
 * The configuration as the doctor reads it: every error, and the parts that can be checked nevertheless.
 */
import { readFileSync } from 'node:fs';
import { withoutFileFaults } from '#src/config/env-file.ts';
import type { Environment } from '#src/config/environment.ts';
import type { Config } from '#src/config/types.ts';
import {
  ConfigError,
  parseConfig,
  sandboxConfig,
  tradingRules,
  wantsSandbox,
} from '#src/config.ts';
import { withSecretFiles } from '#src/secrets.ts';
import { type Check, fail, pass } from './check.ts';

/** A service that a part of the configuration belongs to. */
export type Service = 'Alpaca' | 'Discord';

/** Result of reading the configuration. */
export interface ConfigurationCheck {
  readonly check: Check;
  /** Undefined without any account, when Rotor runs against the sandbox. */
  readonly config: Config | undefined;
  /** Services that cannot be checked because a setting they need is wrong or missing. */
  readonly withheld: ReadonlySet<Service>;
}

const NEEDS: Readonly<Record<Service, readonly string[]>> = {
  Alpaca: ['ALPACA_KEY_ID', 'ALPACA_SECRET_KEY', 'ALPACA_API_BASE', 'ALPACA_LIVE'],
  Discord: ['DISCORD_TOKEN', 'DISCORD_API_BASE', 'DISCORD_GUILD_ID', 'DISCORD_CHANNEL_ID'],
};
const SERVICES = Object.keys(NEEDS) as readonly Service[];

/** Placeholders for services that are not checked; never sent anywhere. */
const PLACEHOLDERS: Environment = {
  ALPACA_KEY_ID: 'nobody',
  ALPACA_SECRET_KEY: 'nobody',
  DISCORD_TOKEN: 'nobody',
  DISCORD_GUILD_ID: '1'.repeat(18),
  DISCORD_CHANNEL_ID: '2'.repeat(18),
};

/** Also reads the secrets' files. */
export function examine(given: Environment): ConfigurationCheck {
  const read = (path: string): string => readFileSync(path, 'utf8');
  const secrets = faultsOf(() => withSecretFiles(given, read));
  const env = withSecretFiles(withoutFileFaults(without(given, namesIn(secrets))), read);
  // A secret that cannot be read still means that an account was intended.
  const sandbox = wantsSandbox(env) && secrets.length === 0;
  const settings = [
    ...faultsOf(() => tradingRules(env)),
    ...faultsOf(() => (sandbox ? sandboxConfig(env) : parseConfig(env))),
  ].filter((fault) => !secrets.some((known) => known.startsWith(`${nameIn(fault)}_FILE`)));
  const faults = [...new Set([...secrets, ...settings])];
  const names = namesIn(faults);
  const withheld = new Set(SERVICES.filter((each) => NEEDS[each].some((name) => names.has(name))));
  return {
    check: checkOf(faults, sandbox),
    config: sandbox ? undefined : sound(env, names, withheld),
    withheld,
  };
}

function checkOf(faults: readonly string[], sandbox: boolean): Check {
  const name = 'configuration';
  if (faults.length === 0) return pass(name, sandbox ? 'sandbox, no account set' : 'complete');
  return fail(name, faults.join('; '), 'Correct these variables; .env.example describes each.');
}

/** The configuration without its invalid settings, for checks that do not need those. */
function sound(
  env: Environment,
  wrong: ReadonlySet<string>,
  withheld: ReadonlySet<Service>,
): Config {
  const dropped = new Set([...wrong, ...[...withheld].flatMap((each) => NEEDS[each])]);
  return parseConfig({ ...PLACEHOLDERS, ...without(env, dropped) });
}

function faultsOf(parse: () => unknown): readonly string[] {
  try {
    parse();
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.faults;
    throw error;
  }
}

/** `DISCORD_TOKEN_FILE: …` also concerns DISCORD_TOKEN. */
function namesIn(faults: readonly string[]): ReadonlySet<string> {
  const names = faults.map(nameIn);
  return new Set([...names, ...names.map((name) => name.replace(/_FILE$/, ''))]);
}

function nameIn(fault: string): string {
  return fault.split(':')[0] ?? '';
}

function without(env: Environment, names: ReadonlySet<string>): Environment {
  return Object.fromEntries(
    Object.entries(env).filter(([name]) => !names.has(name.replace(/_FILE$/, ''))),
  );
}
