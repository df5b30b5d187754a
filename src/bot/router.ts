/**
 * The only place that takes what people do in Discord: checks where and who, writes the attempt down,
 * runs it, answers. Whatever goes wrong is caught here and becomes one sentence with an error id.
 */
import type { Model } from '#core/domain/model.ts';
import type { Engine } from '#core/engine.ts';
import type { Clock, Log } from '#core/ports.ts';
import { type Access, type AccessRules, type Asker, type Permission, permit } from './access.ts';
import type { Choice, Command, Component, Context, Options } from './command.ts';
import { cut } from './format.ts';
import { notice, type Post } from './post.ts';

/** One interaction, without Discord's library. */
export interface Request {
  /** Discord's interaction id; the same again is the same attempt. */
  readonly id: string;
  readonly kind: 'command' | 'component' | 'completion';
  /** The command's name, or the button's custom id. */
  readonly name: string;
  readonly options: Options;
  /** What is being typed, for a completion. */
  readonly typed: string;
  readonly asker: Asker;
  /** Answers once; gives the id of a message that others see too. */
  reply(post: Post, audience: 'asker' | 'channel'): Promise<string | undefined>;
  /** Says within Discord's three seconds that an answer comes; `reply` then fills it in. */
  defer(audience: 'asker' | 'channel'): Promise<void>;
  /** For buttons: says that the message itself will change, then changes it. */
  deferUpdate(): Promise<void>;
  update(post: Post): Promise<void>;
  /** A sentence to the presser alone after `deferUpdate`. */
  follow(text: string): Promise<void>;
  choose(choices: readonly Choice[]): Promise<void>;
}

export interface RouterParts {
  readonly rules: AccessRules;
  readonly engine: Engine;
  readonly models: readonly Model[];
  readonly commands: readonly Command[];
  readonly clock: Pick<Clock, 'now'>;
  /** The machine's clock. */
  readonly pace: Pick<Clock, 'now'>;
  readonly log: Log;
  /** Remembers a message that the journal may change later. */
  readonly keep: (subject: string, messageId: string, post: Post) => void;
}

export interface Router {
  /** Never rejects. */
  handle(request: Request): Promise<void>;
  /** From now on everybody is told that Rotor restarts. */
  close(): void;
  /** Resolves when nothing is in flight. */
  idle(): Promise<void>;
}

type Handler =
  | { readonly kind: 'command'; readonly access: Access; readonly command: Command }
  | {
      readonly kind: 'component';
      readonly access: Access;
      readonly component: Component;
      readonly argument: string;
    };

const MOST_CHOICES = 25;

export function createRouter(parts: RouterParts): Router {
  const { rules, engine, models, commands, clock, pace, log } = parts;
  const running = new Set<Promise<void>>();
  let open = true;

  const contextOf = ({ asker, options }: Request): Context => ({
    engine,
    models,
    commands,
    asker,
    options,
    now: clock.now(),
    wallNow: pace.now(),
  });

  /** Written down before anything happens; false when Discord delivered the same attempt again. */
  function audit(request: Request, permission: Permission): boolean {
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

  async function route(request: Request): Promise<void> {
    const handler = find(commands, request);
    if (request.kind === 'completion') return complete(request, handler);
    if (!open) return say(request, 'Rotor is restarting; try again in a minute.');
    if (!handler) return say(request, 'Rotor does not know this any more.');
    const permission = permit(rules, request.asker, handler.access);
    if (!audit(request, permission))
      return log.info('the same interaction again, left alone', { id: request.id });
    if (permission.kind === 'refused') return say(request, permission.reason);
    return handler.kind === 'command' ? run(request, handler.command) : press(request, handler);
  }

  async function run(request: Request, command: Command): Promise<void> {
    if (command.slow) await request.defer(command.audience);
    const { post, subject } = await command.run(contextOf(request));
    const messageId = await request.reply(post, command.audience);
    if (subject !== undefined && messageId !== undefined) parts.keep(subject, messageId, post);
  }

  async function press(
    request: Request,
    { component, argument }: Extract<Handler, { kind: 'component' }>,
  ): Promise<void> {
    await request.deferUpdate();
    const { update, note } = await component.run(contextOf(request), argument);
    if (update) await request.update(update);
    if (note !== undefined) await request.follow(note);
  }

  /** Completions are not written down: each letter typed is one. */
  async function complete(request: Request, handler: Handler | undefined): Promise<void> {
    const command = handler?.kind === 'command' ? handler.command : undefined;
    const granted = command && permit(rules, request.asker, command.access).kind === 'granted';
    const choices =
      (granted && open && command.complete?.(contextOf(request), request.typed)) || [];
    await request.choose(choices.slice(0, MOST_CHOICES));
  }

  async function handle(request: Request): Promise<void> {
    const work = route(request)
      .catch((error: unknown) => answerFailure(request, error, log))
      .catch((error: unknown) =>
        log.error('an answer could not be given', { error: trace(error) }),
      );
    running.add(work);
    await work;
    running.delete(work);
  }

  return {
    handle,
    close: () => {
      open = false;
    },
    idle: async () => {
      await Promise.all(running);
    },
  };
}

function find(commands: readonly Command[], request: Request): Handler | undefined {
  const { kind, name } = request;
  if (kind !== 'component') {
    const command = commands.find((each) => each.definition.name === name);
    return command && { kind: 'command', access: command.access, command };
  }
  const component = commands
    .flatMap((command) => command.components ?? [])
    .find((each) => name.startsWith(each.prefix));
  if (!component) return undefined;
  const argument = name.slice(component.prefix.length);
  return { kind: 'component', access: component.access, component, argument };
}

async function say(request: Request, text: string): Promise<void> {
  await request.reply(notice(text), 'asker');
}

/** Too late or answered elsewhere: there is nobody to tell. */
const ANSWERED_CODES: ReadonlySet<unknown> = new Set([10_062, 40_060]);

async function answerFailure(request: Request, error: unknown, log: Log): Promise<void> {
  const id = request.id.slice(-6);
  log.error(`${request.kind} ${cut(request.name, 60)} failed, error id ${id}`, {
    error: trace(error),
  });
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (ANSWERED_CODES.has(code)) return;
  const text = `That did not work; nothing more is known here. Error id ${id}, the log has the rest.`;
  if (request.kind === 'completion') return request.choose([]);
  if (request.kind === 'component') return request.follow(text);
  await request.reply(notice(text), 'asker');
}

function trace(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
