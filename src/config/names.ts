/** Finds misspelt names of variables: a misspelt limit must not silently become its default. */
import type { Environment } from './environment.ts';
import { RENAMED_VARIABLES, SECRET_VARIABLES, VARIABLES } from './variables.ts';

const FILES = SECRET_VARIABLES.map((name) => `${name}_FILE`);
const OURS: readonly string[] = [...VARIABLES, ...FILES, ...Object.keys(RENAMED_VARIABLES)];

/** Set by the image's build, Compose, Node or the system, also in a settings file. */
const OTHERS =
  /^(ROTOR_(COMMIT|DIRTY|IMAGE)|SUPERVISOR_(ENABLED|PROCESS_NAME|GROUP_NAME|SERVER_URL)|COMPOSE_[A-Z_]+|REPLICA_URL|TZ|NODE_[A-Z_]+|((HTTPS?|ALL|NO)_PROXY|(https?|all|no)_proxy))$/;

/** Prefixes that only Rotor uses. */
const OUR_PREFIX = /^(ALPACA|DISCORD|SANDBOX|HEALTH|HEARTBEAT|SUPERVISOR)_/;
/** Suffixes that people omit or write differently. */
const UNIT = /_(ID|USD|BPS)$/;
const MAX_EDITS = 2;

/** A setting of the deploy scripts, whose name contains one of Rotor’s. */
const DEPLOY_VARIABLE = 'ROTOR_HEALTH_PORT';

/** An error for each environment variable that was clearly meant for Rotor. */
export function nameFaults(env: Environment): readonly string[] {
  return Object.keys(env).flatMap((name) => faultOf(name) ?? []);
}

/** The same for a settings file, where every name is meant for Rotor. */
export function fileNameFault(name: string): string | undefined {
  if (OURS.includes(name) || OTHERS.test(name)) return undefined;
  return faultOf(name) ?? `${name}: is not a variable of Rotor`;
}

function faultOf(name: string): string | undefined {
  if (OURS.includes(name) || OTHERS.test(name) || name === DEPLOY_VARIABLE) return undefined;
  const meant = meantBy(
    name
      .replace('\ufeff', '')
      .toUpperCase()
      .replace(/^ROTOR_/, ''),
  );
  if (meant !== undefined) return `${name}: is not a variable of Rotor; did you mean ${meant}?`;
  return OUR_PREFIX.test(name) ? `${name}: is not a variable of Rotor` : undefined;
}

/** Names without their unit, mapped to the full name. */
const SHORT: ReadonlyMap<string, string> = new Map(
  OURS.filter((ours) => UNIT.test(ours)).map((ours) => [ours.replace(UNIT, ''), ours]),
);

/** Those of several words. */
const PHRASES = [...SHORT].filter(([cut]) => cut.includes('_'));
const STEMS = [...OURS.map((ours) => [ours, ours] as const), ...PHRASES];

/**
 * The variable whose name differs by a unit, a suffix, the order of its words, or at most two letters; the
 * closest first.
 */
function meantBy(name: string): string | undefined {
  return SHORT.get(name) ?? nearest(name) ?? extendedBy(name) ?? reordered(name);
}

function nearest(name: string): string | undefined {
  const whole = OURS.filter((ours) => isSimilar(name, ours)).map((ours) => ({
    ours,
    edits: editDistance(name, ours),
  }));
  // One letter different from a name without its unit; single words are too short for that.
  const short = PHRASES.filter(
    ([cut]) => isSimilar(name, cut) && editDistance(name, cut) === 1,
  ).map(([, ours]) => ({ ours, edits: MAX_EDITS }));
  return [...whole, ...short]
    .filter(({ edits }) => edits <= MAX_EDITS)
    .sort((one, other) => one.edits - other.edits)[0]?.ours;
}

/**
 * Necessary for at most two edits, which leave a third of the word as it is. Quick, as every variable of the
 * machine is compared at every start.
 */
function isSimilar(name: string, ours: string): boolean {
  if (Math.abs(name.length - ours.length) > MAX_EDITS) return false;
  const third = Math.ceil(ours.length / (MAX_EDITS + 1));
  return (
    name.includes(ours.slice(0, third)) ||
    name.includes(ours.slice(third, 2 * third)) ||
    name.includes(ours.slice(2 * third))
  );
}

/** The longest name, with or without its unit, that this one extends. */
function extendedBy(name: string): string | undefined {
  const hung = STEMS.filter(([stem]) => name === stem || name.startsWith(`${stem}_`));
  return hung.sort(([one], [other]) => other.length - one.length)[0]?.[1];
}

function reordered(name: string): string | undefined {
  return BY_WORDS.get(wordsOf(name));
}

/** Names by their sorted words; a full name takes precedence over one without its unit. */
const BY_WORDS: ReadonlyMap<string, string> = new Map([
  ...[...SHORT].map(([cut, ours]) => [wordsOf(cut), ours] as const),
  ...OURS.map((ours) => [wordsOf(ours), ours] as const),
]);

function wordsOf(name: string): string {
  return name.split('_').sort().join('_');
}

/** Letters inserted, deleted or changed between the two words. */
function editDistance(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (const [index, letter] of [...from].entries()) {
    const next = [index + 1];
    for (const [column, other] of [...to].entries()) {
      const changed = (row[column] ?? 0) + (letter === other ? 0 : 1);
      next.push(Math.min(changed, (row[column + 1] ?? 0) + 1, (next[column] ?? 0) + 1));
    }
    if (Math.min(...next) > MAX_EDITS) return Number.POSITIVE_INFINITY;
    row = next;
  }
  return row[to.length] ?? 0;
}

/** The environment with values of renamed variables under their new names. */
export function withRetired(env: Environment): Environment {
  const moved = Object.entries(RENAMED_VARIABLES).flatMap(([old, name]) => {
    const both = [env[name], env[old]].filter(Boolean);
    return env[old] ? [[name, both.join(',')] as const] : [];
  });
  return moved.length === 0 ? env : { ...env, ...Object.fromEntries(moved) };
}

/** A line for each renamed variable that is still set. */
export function retiredIn(env: Environment): readonly string[] {
  return Object.entries(RENAMED_VARIABLES)
    .filter(([old]) => env[old])
    .map(([old, name]) => `${old} still works; it is now called ${name}`);
}
