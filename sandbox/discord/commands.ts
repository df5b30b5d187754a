/** The bot's registered commands, per guild or global. */
import { commandListProblems } from './command-rules.ts';
import { invalidForm, tooManyDailyCommands } from './faults.ts';
import type { Feed } from './feed.ts';
import { badValue } from './form.ts';
import { isJson, type Json, listOf } from './json.ts';
import type { Snowflakes } from './snowflake.ts';
import type { Store } from './store.ts';

/** Slash commands of the application, global and per guild. */
export interface Commands {
  /** @param guildId undefined means the global ones. */
  list(guildId: string | undefined): readonly Json[];
  /** Replaces all commands; one with the same name keeps its id. @throws ApiFault 50035 or 30034 */
  replace(guildId: string | undefined, body: unknown): readonly Json[];
}

interface CommandParts {
  readonly store: Store;
  readonly feed: Feed;
  readonly ids: Snowflakes;
  readonly realNow: () => number;
  readonly applicationId: string;
}

const MAX_CREATES_A_DAY = 200;
const DAY_MS = 86_400_000;

/** Reads the commands in the store. */
export function createCommands(parts: CommandParts): Commands {
  const { store, feed, ids, realNow } = parts;
  const scopeOf = (guildId: string | undefined): string => guildId ?? 'global';
  const list = (guildId: string | undefined): readonly Json[] =>
    store.get<readonly Json[]>('commands', scopeOf(guildId)) ?? [];

  const countCreates = (scope: string, count: number): void => {
    const recent = (store.get<readonly number[]>('command-creates', scope) ?? []).filter(
      (at) => at > realNow() - DAY_MS,
    );
    if (recent.length + count > MAX_CREATES_A_DAY) throw tooManyDailyCommands();
    store.put('command-creates', scope, [...recent, ...Array(count).fill(realNow())]);
  };

  return {
    list,
    replace: (guildId, body) => {
      const wanted = checked(body);
      const scope = scopeOf(guildId);
      const before = new Map(list(guildId).map((each) => [keyOf(each), each]));
      countCreates(scope, wanted.filter((each) => !before.has(keyOf(each))).length);
      const next = wanted.map((each) => {
        const known = before.get(keyOf(each));
        const same = known !== undefined && sameWords(known, each);
        const id = known?.['id'] ?? ids.next();
        const version = same ? known['version'] : ids.next();
        return complete(each, { id, version, guildId, applicationId: parts.applicationId });
      });
      store.put('commands', scope, next);
      feed.publish({ kind: 'commands' });
      return next;
    },
  };
}

function checked(body: unknown): readonly Json[] {
  if (!Array.isArray(body) || !body.every(isJson)) {
    throw invalidForm([
      badValue([], 'Only iterables may be used in a ListType', 'LIST_TYPE_CONVERT'),
    ]);
  }
  const problems = commandListProblems(body);
  if (problems.length > 0) throw invalidForm(problems);
  return body;
}

function keyOf(command: Json): string {
  return `${command['type'] ?? 1}/${command['name']}`;
}

function sameWords(known: Json, wanted: Json): boolean {
  return Object.entries(wanted).every(
    ([key, value]) => JSON.stringify(known[key]) === JSON.stringify(value),
  );
}

function complete(
  command: Json,
  how: {
    readonly id: unknown;
    readonly version: unknown;
    readonly guildId: string | undefined;
    readonly applicationId: string;
  },
): Json {
  const options = listOf(command, 'options');
  return {
    id: how.id,
    application_id: how.applicationId,
    version: how.version,
    type: command['type'] ?? 1,
    name: command['name'],
    name_localizations: command['name_localizations'] ?? null,
    description: command['description'] ?? '',
    description_localizations: command['description_localizations'] ?? null,
    default_member_permissions: command['default_member_permissions'] ?? null,
    nsfw: command['nsfw'] ?? false,
    ...(options.length > 0 && { options }),
    ...(how.guildId === undefined ? globalOnly(command) : { guild_id: how.guildId }),
  };
}

function globalOnly(command: Json): Json {
  return {
    dm_permission: command['dm_permission'] ?? true,
    contexts: command['contexts'] ?? null,
    integration_types: command['integration_types'] ?? [0],
  };
}
