/** Does what a person may do, and answers: roles once more, progress, the message to be kept. */
import type { Clock } from '#core/ports.ts';
import { notice } from '../post.ts';
import { type Access, type AccessRules, permit } from './access.ts';
import type { Answer, Command, Context } from './command.ts';
import type { Handler } from './handlers.ts';
import type { Request } from './request.ts';

export interface EffectParts {
  readonly rules: AccessRules;
  readonly pace: Clock;
  readonly keep: Keep;
}

/** Remembers a message that the journal may change later. */
export type Keep = (subject: string, messageId: string, channelId: string) => void;

export interface Effects {
  /** What it came to, in a line for the audit. */
  act(request: Request, handler: Handler, context: Context): Promise<string>;
}

/** Whoever waits longer than this is told that the work goes on. */
const PROGRESS_MS = 2_000;

export function createEffects({ rules, pace, keep: keepMessage }: EffectParts): Effects {
  async function act(request: Request, handler: Handler, context: Context): Promise<string> {
    if (handler.kind === 'component') return press(request, handler, context);
    const { audience, run } = handler.kind === 'command' ? handler.command : handler.form;
    const waits = handler.kind === 'form' || handler.command.slow;
    if (handler.kind === 'command' && handler.command.stops) {
      const [answer] = await Promise.all([run(context, ''), request.defer(audience)]);
      return reply(request, answer, audience);
    }
    if (waits) await request.defer(audience);
    // What only its asker sees has no effect; asking Discord each time would use its limits up.
    const taken = audience === 'asker' ? undefined : await whyTaken(request, handler.access);
    if (taken !== undefined) return sayAndConclude(request, taken);
    const argument = handler.kind === 'form' ? handler.argument : '';
    const work = Promise.resolve(run(context, argument));
    const answer = await (waits ? withProgress(request, work) : work);
    return reply(request, answer, audience);
  }

  async function reply(
    request: Request,
    answer: Answer,
    audience: Command['audience'],
  ): Promise<string> {
    if ('form' in answer) {
      await request.ask(answer.form);
      return 'asked to confirm';
    }
    const { post, subject, result = 'answered' } = answer;
    const messageId = await request.reply(post, audience);
    if (subject !== undefined && messageId !== undefined) keep(request, subject, messageId);
    return result;
  }

  function keep({ asker }: Request, subject: string, messageId: string): void {
    keepMessage(subject, messageId, asker.channelId ?? '');
  }

  async function press(
    request: Request,
    { access, component, argument }: Extract<Handler, { kind: 'component' }>,
    context: Context,
  ): Promise<string> {
    await request.deferUpdate();
    const taken = await whyTaken(request, access);
    if (taken !== undefined) {
      await request.follow(taken);
      return taken;
    }
    const pressed = await component.run(context, argument);
    const { update, note, subject, result = note ?? 'done' } = pressed;
    const messageId = update && (await request.update(update));
    if (subject !== undefined && messageId !== undefined) keep(request, subject, messageId);
    if (note !== undefined) await request.follow(note);
    return result;
  }

  /**
   * Looks at the roles once more at the moment of effect. Where Discord does not say, the roles that
   * it sent with the press a moment ago hold: a person must be able to halt while Discord limps.
   */
  async function whyTaken(request: Request, access: Access): Promise<string | undefined> {
    if (access === 'viewer') return undefined;
    const roleIds = await request.roles();
    if (roleIds === undefined) return undefined;
    const now = permit(rules, { ...request.asker, roleIds }, access);
    return now.kind === 'refused' ? now.reason : undefined;
  }

  async function sayAndConclude(request: Request, reason: string): Promise<string> {
    await request.reply(notice(reason), 'asker');
    return reason;
  }

  /** A sentence after two seconds, so that nobody presses again. */
  async function withProgress(request: Request, work: Promise<Answer>): Promise<Answer> {
    const done = new AbortController();
    const late = pace.sleep(PROGRESS_MS, done.signal).then(
      () => 'late' as const,
      () => 'done' as const,
    );
    const first = await Promise.race([work, late]).finally(() => done.abort());
    if (typeof first !== 'string') return first;
    await request.reply(notice('… Still at it: asking Alpaca.'), 'asker');
    return work;
  }

  return { act };
}
