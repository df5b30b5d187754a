import { constants, readFileSync } from 'node:fs';
import { access } from 'node:fs/promises';
import { isSession, sessions } from '#core/domain/calendar.ts';
import { newYorkDate } from '#core/domain/new-york.ts';
import { instruments, UNIVERSE } from '#core/domain/universe.ts';
import { verifyFolder } from '#core/market/verify.ts';
import {
  ConfigError,
  parseConfig,
  sandboxConfig,
  tradingRules,
  wantsSandbox,
} from '#src/config.ts';
import { withSecretFiles } from '#src/secrets.ts';
import { isFolder, latestDay } from './bars.ts';
import type { CliParts, Command } from './command.ts';

const SAMPLE = 'data/sample';
const NODE_MAJOR = 24;

/** One outside thing that Rotor needs. */
interface Check {
  readonly name: string;
  readonly pass: boolean;
  /** What was found. */
  readonly detail: string;
  /** What to do where it did not pass. */
  readonly remedy: string;
}

export const doctor: Command = {
  name: 'doctor',
  summary: 'every outside thing that Rotor needs, a line each',
  usage: '',
  options: {},
  async run(_values, parts) {
    const checks = [
      nodeVersion(parts),
      configuration(parts),
      await stateFolder(parts),
      await sampleBars(parts),
      calendar(parts),
    ];
    const text = checks.map(lineOf).join('\n');
    const pass = checks.every((check) => check.pass);
    return { exit: pass ? 0 : 2, json: { checks }, text, remarks: [] };
  },
};

function lineOf({ name, pass, detail, remedy }: Check): string {
  const line = `${pass ? 'pass' : 'FAIL'}  ${name}: ${detail}`;
  return pass ? line : `${line}\n      ${remedy}`;
}

function nodeVersion({ nodeVersion: version }: CliParts): Check {
  return {
    name: 'Node',
    pass: Number(version.split('.')[0]) >= NODE_MAJOR,
    detail: version,
    remedy: `Node ${NODE_MAJOR} comes with npm ci; start with npm start or npm run rotor.`,
  };
}

/** Without any account the desk runs against the sandbox, and only its settings count. */
function configuration(parts: CliParts): Check {
  const name = 'configuration';
  let env = parts.env;
  try {
    env = withSecretFiles(env, (path) => readFileSync(path, 'utf8'));
    tradingRules(env);
    if (wantsSandbox(env)) sandboxConfig(env);
    else parseConfig(env);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    const remedy = 'Correct these variables; .env.example describes each.';
    return { name, pass: false, detail: error.faults.join('; '), remedy };
  }
  const detail = wantsSandbox(env) ? 'sandbox, no account set' : 'complete';
  return { name, pass: true, detail, remedy: '' };
}

async function stateFolder({ env }: CliParts): Promise<Check> {
  const folder = env['STATE_DIR'] || 'data';
  const pass = isFolder(folder) && (await isWritable(folder));
  return {
    name: 'state folder',
    pass,
    detail: pass ? `${folder} can be read and written` : `${folder} is no folder to write in`,
    remedy: `Create ${folder}, or set STATE_DIR to a folder that this user may write in.`,
  };
}

/** The operating system answers a question about access only by refusing. */
function isWritable(folder: string): Promise<boolean> {
  return access(folder, constants.R_OK | constants.W_OK).then(
    () => true,
    () => false,
  );
}

async function sampleBars(parts: CliParts): Promise<Check> {
  const { files } = await verifyFolder([SAMPLE], latestDay(parts));
  const sound = new Set(files.filter((file) => file.verdict !== 'refused').map((f) => f.ticker));
  const lacking = instruments(UNIVERSE)
    .map(({ ticker }) => ticker)
    .filter((ticker) => !sound.has(ticker));
  return {
    name: 'sample bars',
    pass: lacking.length === 0,
    detail: lacking.length === 0 ? `${sound.size} sound files` : `missing ${lacking.join(', ')}`,
    remedy: 'Make them with npm run sample.',
  };
}

function calendar({ now }: CliParts): Check {
  const today = newYorkDate(now());
  const last = sessions().at(-1)?.date ?? today;
  const open = isSession(today) ? 'a session' : 'no session';
  return {
    name: 'calendar',
    pass: today < last,
    detail: `${today} is ${open}; the calendar ends ${last}`,
    remedy: 'Update Rotor: its calendar of the exchange has run out.',
  };
}
