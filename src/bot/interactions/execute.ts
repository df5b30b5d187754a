/** Executes permitted requests and answers them: rechecks roles, shows progress, keeps the message. */
import type { Clock } from '#core/ports.ts';
import { notice, type Post } from '../post.ts';
import { type AccessRules, permit } from './access.ts';
import type { Answer, ButtonResult, Command, Context, Reply } from './command.ts';
import type { Access } from './command-access.ts';
import type { Handler } from './handlers.ts';
import type { Request } from './request.ts';

/** Dependencies of createExecutor. */
export interface ExecutorParts {
  readonly rules: AccessRules;
  /** Wall clock. */
  readonly wall: Clock;
  readonly keep: RememberMessage;
}

/** Remembers a message that the journal or the clock may change later. */
export type RememberMessage = (
  subject: string,
  kept: { readonly post: Post; readonly messageId: string; readonly channelId: string },
) => void;

/** Executes a request and answers it. */
export interface Executor {
  /** Returns the result in one line for the audit. */
  execute(request: Request, handler: Handler, context: Context): Promise<string>;
}

/** The request was executed, but its answer could not be shown. */
export class Unanswered extends Error {
  /** The result in one line, for the audit. */
  readonly result: string;

  constructor(result: string, cause: unknown) {
    super('the answer could not be given', { cause });
    this.name = 'Unanswered';
    this.result = result;
  }
}

/** @throws Unanswered when showing the answer fails: the request has been executed. */
async function afterwards<T>(result: string, telling: Promise<T>): Promise<T> {
  return telling.catch((error: unknown) => {
    throw new Unanswered(result, error);
  });
}

/** People who wait longer than this see that the work continues. */
const PROGRESS_MS = 2_000;

/** Buttons cannot be removed from a private answer, and old ones would mislead. */
const PRIVATE_ANSWER_MS = 15 * 60_000;
const EXPIRED = 'This answer has expired: ask again.';

type ButtonHandler = Extract<Handler, { kind: 'component' }>;
type Asking = Exclude<Handler, ButtonHandler>;

/** Creates an executor with the given access rules. */
export function createExecutor(parts: ExecutorParts): Executor {
  return {
    execute: (request, handler, context) =>
      handler.kind === 'component'
        ? runButton(parts, request, handler, context)
        : runAsked(parts, request, handler, context),
  };
}

async function runAsked(
  parts: ExecutorParts,
  request: Request,
  handler: Asking,
  context: Context,
): Promise<string> {
  const { audience, run } = handler.kind === 'command' ? handler.command : handler.form;
  if (handler.kind === 'command' && handler.command.stops) {
    const work = run(context, '');
    const deferred = request.defer(audience);
    const [acted] = await Promise.allSettled([work, deferred]);
    if (acted.status === 'rejected') throw acted.reason;
    await afterwards(resultOf(acted.value), deferred);
    return reply(parts, request, acted.value, audience);
  }
  const { isChecked, waits } = firstStepsOf(handler);
  if (waits) await request.defer(audience);
  const taken = isChecked ? await lostRightReason(parts, request, handler.access) : undefined;
  if (taken !== undefined) {
    await request.reply(notice(taken), 'asker');
    return taken;
  }
  const argument = handler.kind === 'form' ? handler.argument : '';
  const work = Promise.resolve(run(context, argument));
  const answer = await (waits ? withProgress(parts, request, work) : work);
  return reply(parts, request, answer, audience);
}

/**
 * Discord must hear within three seconds, and asking it for roles may take longer. A form must be the first
 * answer, so who may submit it is checked when it is submitted.
 */
function firstStepsOf(handler: Asking): { readonly isChecked: boolean; readonly waits: boolean } {
  const isSlow = handler.kind === 'form' || handler.command.slow;
  const opensForm = !isSlow && handler.command.forms !== undefined;
  const isChecked = handler.access !== 'viewer' && !opensForm;
  return { isChecked, waits: isSlow || isChecked };
}

function resultOf(answer: Answer): string {
  return 'form' in answer ? 'asked to confirm' : (answer.result ?? 'answered');
}

async function reply(
  parts: ExecutorParts,
  request: Request,
  answer: Answer,
  audience: Command['audience'],
): Promise<string> {
  const result = resultOf(answer);
  if ('form' in answer) await request.ask(answer.form);
  else await showReply(parts, request, answer, audience);
  return result;
}

async function showReply(
  { keep }: ExecutorParts,
  request: Request,
  answer: Reply,
  audience: Command['audience'],
): Promise<void> {
  const { post, subject, later } = answer;
  // It is awaited below, unless the first answer fails: a failure must not end the process then.
  later?.catch(() => undefined);
  const messageId = await afterwards(resultOf(answer), request.reply(post, audience));
  await replyLater(request, answer, audience);
  remember({ keep }, request, { post, subject, messageId });
}

interface Shown {
  readonly post: Post;
  readonly subject: string | undefined;
  /** Undefined where Discord did not return it. */
  readonly messageId: string | undefined;
}

function remember(
  { keep }: Pick<ExecutorParts, 'keep'>,
  { asker }: Request,
  { post, subject, messageId }: Shown,
): void {
  if (subject === undefined || messageId === undefined) return;
  keep(subject, { post, messageId, channelId: asker.channelId ?? '' });
}

/** One edit at a time: progress that arrives during an edit is skipped, the answer is not. */
async function replyLater(
  request: Request,
  answer: Reply,
  audience: Command['audience'],
): Promise<void> {
  const { later, progress } = answer;
  if (!later) return;
  let edit: Promise<unknown> | undefined;
  progress?.((post) => {
    edit ??= request
      .reply(post, audience)
      .catch(() => undefined)
      .finally(() => {
        edit = undefined;
      });
  });
  const post = await later;
  await edit;
  await afterwards(resultOf(answer), request.reply(post, audience));
}

async function runButton(
  parts: ExecutorParts,
  request: Request,
  { access, component, argument }: ButtonHandler,
  context: Context,
): Promise<string> {
  await request.deferUpdate();
  if ((request.privateAgeMs ?? 0) > PRIVATE_ANSWER_MS) {
    await request.follow(EXPIRED);
    return EXPIRED;
  }
  const taken = await lostRightReason(parts, request, access);
  if (taken !== undefined) {
    await request.follow(taken);
    return taken;
  }
  const done = await component.run(context, argument);
  const result = done.result ?? done.note ?? 'done';
  await afterwards(result, showPressed(parts, request, done));
  return result;
}

/** Changes the message with the button, and answers the presser privately. */
async function showPressed(
  parts: ExecutorParts,
  request: Request,
  { update, note, answer, subject, shared }: ButtonResult,
): Promise<void> {
  const messageId = update && (await request.update(update));
  if (update) remember(parts, request, { post: update, subject, messageId });
  if (note !== undefined) await request.follow(note);
  if (answer) await request.follow(answer);
  const sharedId = shared && (await request.share(shared.post));
  if (shared) remember(parts, request, { ...shared, messageId: sharedId });
}

/**
 * Checks the roles again at the moment of effect. If Discord does not answer, the roles sent with the press
 * moments ago count: a person must be able to halt while Discord is slow.
 */
async function lostRightReason(
  { rules }: ExecutorParts,
  request: Request,
  access: Access,
): Promise<string | undefined> {
  if (access === 'viewer') return undefined;
  const roleIds = await request.roles();
  if (roleIds === undefined) return undefined;
  const now = permit(rules, { ...request.asker, roleIds }, access);
  return now.kind === 'refused' ? now.reason : undefined;
}

/** Shows a sentence after two seconds, so that no one presses again. */
async function withProgress(
  { wall }: ExecutorParts,
  request: Request,
  work: Promise<Answer>,
): Promise<Answer> {
  const done = new AbortController();
  const late = wall.sleep(PROGRESS_MS, done.signal).then(
    () => 'late' as const,
    () => 'done' as const,
  );
  const first = await Promise.race([work, late]).finally(() => done.abort());
  if (typeof first !== 'string') return first;
  // Only the answer of the work says whether it was done.
  await request.reply(notice('… Still working.'), 'asker').catch(() => undefined);
  return work;
}
