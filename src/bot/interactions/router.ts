/**
 * The only entry point for user interactions: checks place and roles, records the attempt, runs it and
 * answers. Every error is caught here and becomes one sentence with an error id.
 */
import type { Model } from '#core/domain/model.ts';
import type { NoticePlaces } from '#core/domain/notices.ts';
import type { Engine } from '#core/engine/engine.ts';
import { sentence, TradingError } from '#core/errors.ts';
import type { Clocks, Log } from '#core/ports.ts';
import type { Studies } from '#core/studies.ts';
import { cut, escape } from '../format.ts';
import type { Deliver } from '../post.ts';
import { notice } from '../post.ts';
import { type AccessRules, type Permission, permit } from './access.ts';
import type { Command, Context, DiscordHealth, Settings } from './command.ts';
import { createExecutor, type RememberMessage, Unanswered } from './execute.ts';
import { find, type Handler } from './handlers.ts';
import type { Request } from './request.ts';

/** Dependencies of createRouter. */
export interface RouterParts {
  readonly rules: AccessRules;
  readonly engine: Engine;
  readonly models: readonly Model[];
  /** Loads the commands; called until it succeeds once. */
  readonly loadCommands: () => Promise<readonly Command[]>;
  readonly clocks: Clocks;
  readonly log: Log;
  /** Remembers a message that the journal may change later. */
  readonly keep: RememberMessage;
  readonly discord: () => DiscordHealth;
  readonly settings: Settings;
  /** Where each configurable kind of message goes, by the setting. */
  readonly notify?: NoticePlaces | undefined;
  /** Sends messages to one person or into a thread. */
  readonly deliver?: Deliver | undefined;
  /** Backtests and other computations; none if omitted. */
  readonly studies?: Studies | undefined;
}

/** Handles all user interactions. */
export interface Router {
  /** Loads the commands, once. After that a press acts in the turn in which it arrives: HALT waits for nothing. */
  load(): Promise<readonly Command[]>;
  /** Never rejects. */
  handle(request: Request): Promise<void>;
  /** From now on every request is answered with the news that Rotor is restarting. */
  close(): void;
  /** Resolves when no request is in progress. */
  idle(): Promise<void>;
}

const MAX_CHOICES = 25;

/** Creates the router; it handles requests until it is closed. */
export function createRouter(parts: RouterParts): Router {
  const { engine, log } = parts;
  const executor = createExecutor({ ...parts, wall: parts.clocks.wall });
  const running = new Set<Promise<void>>();
  let open = true;
  let loaded: readonly Command[] | undefined;

  async function load(): Promise<readonly Command[]> {
    loaded ??= await parts.loadCommands();
    return loaded;
  }

  /** Returns the outcome to record; undefined where there is none. */
  async function route(request: Request): Promise<string | undefined> {
    const commands = loaded ?? (await load());
    const handler = handlerOf(engine, find(commands, request));
    const context = (): Context => contextOf(parts, commands, request);
    if (request.kind === 'completion') {
      await complete(parts, request, { context, handler: open ? handler : undefined });
      return undefined;
    }
    if (!open) return say(request, 'Rotor is restarting; try again in a minute.');
    const permission = handler
      ? permit(parts.rules, request.asker, handler.access)
      : ({ kind: 'refused', reason: 'Rotor no longer knows this command or button.' } as const);
    if (!audit(engine, request, permission)) {
      log.info('the same interaction again, left alone', { id: request.id });
      return undefined;
    }
    if (permission.kind === 'refused' || !handler) return say(request, reasonOf(permission));
    return cut(await executor.execute(request, handler, context()), 200);
  }

  async function handle(request: Request): Promise<void> {
    // The press is answered already: an outcome that cannot be recorded is not a failure of it.
    const work = route(request)
      .catch((error: unknown) => failed(request, error, log))
      .then((outcome) => {
        if (outcome !== undefined) engine.recordOutcome(request.id, outcome);
      })
      .catch((error: unknown) => logError(log, 'an outcome could not be recorded', error));
    running.add(work);
    await work;
    running.delete(work);
  }

  return {
    load,
    handle,
    close: () => {
      open = false;
    },
    idle: async () => {
      await Promise.all(running);
    },
  };
}

/** The handler with the access level that it needs in the current trading state. */
function handlerOf(engine: Pick<Engine, 'book'>, found: Handler | undefined): Handler | undefined {
  if (found?.kind !== 'command' || !found.command.accessIn) return found;
  return { ...found, access: found.command.accessIn(engine.book().state.state) };
}

function contextOf(parts: RouterParts, commands: readonly Command[], request: Request): Context {
  const { engine, models, clocks, settings, rules } = parts;
  const { asker, options } = request;
  return {
    engine,
    models,
    commands,
    asker,
    options,
    discord: parts.discord(),
    settings,
    notify: parts.notify ?? {},
    studies: parts.studies,
    deliver: parts.deliver,
    hasLost: async (userId, access) => {
      const roleIds = await request.roles(userId);
      return (
        roleIds !== undefined && permit(rules, { ...asker, roleIds }, access).kind === 'refused'
      );
    },
    now: { market: clocks.market.now(), wall: clocks.wall.now() },
  };
}

/** Recorded before anything happens; returns false when Discord delivered the same attempt again. */
function audit(engine: Pick<Engine, 'audit'>, request: Request, permission: Permission): boolean {
  return engine.audit({
    kind: 'command',
    id: request.id,
    userId: request.asker.id,
    userName: cut(request.asker.name, 100),
    name: cut(request.name, 120),
    options: cut(JSON.stringify(Object.fromEntries(request.options)), 500),
    allowed: permission.kind === 'granted',
    result: permission.kind === 'granted' ? 'allowed' : permission.reason,
  });
}

/** Completions are not recorded: there is one for each letter typed. */
async function complete(
  parts: RouterParts,
  request: Request,
  { handler, context }: { readonly handler: Handler | undefined; readonly context: () => Context },
): Promise<void> {
  const command = handler?.kind === 'command' ? handler.command : undefined;
  const granted = command && permit(parts.rules, request.asker, command.access).kind === 'granted';
  const { typed, focused } = request;
  const choices = (granted && command.complete?.(context(), typed, focused)) || [];
  await request.choose(choices.slice(0, MAX_CHOICES));
}

async function say(request: Request, text: string): Promise<undefined> {
  await request.reply(notice(text), 'asker');
}

/** Too late or answered elsewhere: no one can be told. */
const ANSWERED_CODES: ReadonlySet<unknown> = new Set([10_062, 40_060]);

/** Returns the outcome to record, even when no answer can be shown. */
async function failed(request: Request, error: unknown, log: Log): Promise<string | undefined> {
  await answerFailure(request, error, log).catch((again: unknown) =>
    logError(log, 'an answer could not be given', again),
  );
  if (request.kind === 'completion') return undefined;
  const id = `error id ${errorId(request)}`;
  return error instanceof Unanswered
    ? `${cut(error.result, 160)}; not shown, ${id}`
    : `failed, ${id}`;
}

async function answerFailure(request: Request, error: unknown, log: Log): Promise<void> {
  const id = errorId(request);
  const what = `${request.kind} ${cut(request.name, 60)} failed, error id ${id}`;
  const cause = error instanceof Unanswered ? error.cause : error;
  logError(log, what, cause);
  if (ANSWERED_CODES.has(codeOf(cause))) return;
  const text = apologyFor(error, id);
  if (request.kind === 'completion') return request.choose([]);
  if (request.kind === 'component') return request.follow(text);
  await request.reply(notice(text), 'asker');
}

function apologyFor(error: unknown, id: string): string {
  if (error instanceof Unanswered)
    return `What you asked for was done, but the answer could not be shown. The log has the details under error id ${id}.`;
  return error instanceof TradingError
    ? `That could not be done: ${escape(sentence(error), 500)}`
    : `That failed unexpectedly. The log has the details under error id ${id}.`;
}

/** An error that was foreseen, such as a journal that another process took over, is only a warning. */
function logError(log: Log, what: string, error: unknown): void {
  const isForeseen = error instanceof TradingError || ANSWERED_CODES.has(codeOf(error));
  log[isForeseen ? 'warn' : 'error'](what, { error: trace(error) });
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined;
}

function reasonOf(permission: Permission): string {
  return permission.kind === 'refused' ? permission.reason : '';
}

function errorId({ id }: Request): string {
  return id.slice(-6);
}

function trace(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
