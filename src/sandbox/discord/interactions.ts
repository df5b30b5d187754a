/** Interactions: asked once by a person, to be answered within 3 s, spoken of for 15 minutes. */
import type { Timers } from '#sandbox/time/real-timers.ts';
import { choiceListProblems } from './command-rules.ts';
import { modalProblems } from './component-rules.ts';
import { type Draft, parseDraft, refuseEmpty, type Upload } from './draft.ts';
import {
  alreadyAnswered,
  invalidForm,
  invalidToken,
  unknownInteraction,
  unknownMessage,
  unknownWebhook,
} from './faults.ts';
import { badValue, listProblems } from './form.ts';
import { isJson, type Json, listOf, numberOf } from './json.ts';
import type { Messages } from './messages.ts';
import { FLAGS, type StoredMessage } from './records.ts';
import type { Store } from './store.ts';

export const KINDS = { command: 2, component: 3, autocomplete: 4, modal: 5 } as const;
export const ANSWERS = {
  reply: 4,
  deferReply: 5,
  deferUpdate: 6,
  update: 7,
  choices: 8,
  modal: 9,
} as const;

export interface Interaction {
  readonly id: string;
  readonly token: string;
  readonly kind: number;
  readonly userId: string;
  readonly guildId: string | undefined;
  readonly channelId: string;
  readonly commandName: string | undefined;
  /** The message whose component was used. */
  readonly sourceId: string | undefined;
}

/** What became of an interaction, as the person sees it. */
export type Outcome =
  | { readonly kind: 'reply'; readonly message: StoredMessage }
  /** The message that carried the component was changed. */
  | { readonly kind: 'update'; readonly message: StoredMessage }
  /** "… is thinking" */
  | { readonly kind: 'thinking'; readonly message: StoredMessage }
  /** Taken without a visible answer. */
  | { readonly kind: 'acknowledged' }
  | { readonly kind: 'choices'; readonly choices: readonly Json[] }
  | { readonly kind: 'modal'; readonly modal: Json }
  /** The bot did not answer in time. */
  | { readonly kind: 'failed'; readonly reason: string };

export interface Interactions {
  /** Starts the 3 s. */
  open(interaction: Interaction): void;
  kindOf(id: string): number | undefined;
  /** The first answer, or the lack of one. */
  first(id: string): Promise<Outcome>;
  /** The first answer that is more than "thinking". */
  final(id: string): Promise<Outcome>;
  /** @throws ApiFault 10062, 40060, 50035, 50006 */
  answer(
    id: string,
    token: string,
    body: Json,
    uploads: readonly Upload[],
  ): StoredMessage | undefined;
  original(token: string): StoredMessage;
  editOriginal(token: string, body: Json, uploads: readonly Upload[]): StoredMessage;
  edit(token: string, messageId: string, body: Json, uploads: readonly Upload[]): StoredMessage;
  followUp(token: string, body: Json, uploads: readonly Upload[]): StoredMessage;
  messageOf(token: string, messageId: string): StoredMessage;
  remove(token: string, messageId: string | undefined): void;
}

export interface InteractionParts {
  readonly store: Store;
  readonly messages: Messages;
  readonly timers: Timers;
  readonly realNow: () => number;
  readonly botId: string;
}

const ANSWER_MS = 3_000;
const TOKEN_MS = 15 * 60_000;
const NO_ANSWER = 'The application did not respond';

interface Open extends Interaction {
  readonly openedMs: number;
  readonly first: PromiseWithResolvers<Outcome>;
  readonly final: PromiseWithResolvers<Outcome>;
  answered: boolean;
  /** The message that `@original` means. */
  originalId: string | undefined;
}

export function createInteractions(parts: InteractionParts): Interactions {
  const { store, messages, realNow } = parts;
  const byId = new Map<string, Open>();
  const byToken = new Map<string, Open>();

  const settle = (open: Open, outcome: Outcome): void => {
    open.first.resolve(outcome);
    if (outcome.kind !== 'thinking') open.final.resolve(outcome);
  };
  const expire = (open: Open): void => {
    const left = open.openedMs + TOKEN_MS - realNow();
    if (left > 0) return void parts.timers.after(left, () => expire(open));
    byId.delete(open.id);
    byToken.delete(open.token);
    settle(open, { kind: 'failed', reason: NO_ANSWER });
  };
  const messageBy = (id: string | undefined): StoredMessage => {
    const message = id === undefined ? undefined : store.message(id);
    if (!message) throw unknownMessage();
    return message;
  };
  /** @throws ApiFault when the token is not, or no longer, good. */
  const webhook = (token: string): Open => {
    const open = byToken.get(token);
    if (!open) throw unknownWebhook();
    if (realNow() - open.openedMs > TOKEN_MS) throw invalidToken();
    if (!open.answered) throw unknownWebhook();
    return open;
  };
  const originOf = (open: Open, ephemeral: boolean) => ({
    channelId: open.channelId,
    authorId: parts.botId,
    cause: {
      interactionId: open.id,
      kind: open.kind,
      commandName: open.commandName,
      userId: open.userId,
      guildId: open.guildId,
    },
    ...(ephemeral && { visibleTo: open.userId }),
  });
  const create = (open: Open, draft: Draft): StoredMessage => {
    refuseEmpty(draft);
    return messages.create(draft, originOf(open, (draft.flags & FLAGS.ephemeral) !== 0));
  };
  const take = (id: string, token: string): Open => {
    const open = byId.get(id);
    if (!open || open.token !== token) throw unknownInteraction();
    if (open.answered) throw alreadyAnswered();
    if (realNow() - open.openedMs > ANSWER_MS) throw unknownInteraction();
    return open;
  };
  const edited = (open: Open, message: StoredMessage, body: Json, uploads: readonly Upload[]) => {
    const wasThinking = (message.flags & FLAGS.loading) !== 0;
    const next = messages.edit(message, parseDraft(body, uploads));
    if (wasThinking) settle(open, { kind: 'reply', message: next });
    return next;
  };

  const answer: Interactions['answer'] = (id, token, body, uploads) => {
    const open = take(id, token);
    const type = numberOf(body, 'type') ?? 0;
    refuseWrongAnswer(open, type);
    const data = isJson(body['data']) ? body['data'] : {};
    const outcome = ((): Outcome => {
      switch (type) {
        case ANSWERS.reply:
          return { kind: 'reply', message: create(open, parseDraft(data, uploads)) };
        case ANSWERS.deferReply:
          return { kind: 'thinking', message: think(open, data) };
        case ANSWERS.update: {
          const source = messageBy(open.sourceId);
          return { kind: 'update', message: messages.edit(source, parseDraft(data, uploads)) };
        }
        case ANSWERS.choices:
          return { kind: 'choices', choices: checkedChoices(data) };
        case ANSWERS.modal:
          return { kind: 'modal', modal: checkedModal(data) };
        default:
          return { kind: 'acknowledged' };
      }
    })();
    open.answered = true;
    open.originalId = 'message' in outcome ? outcome.message.id : open.sourceId;
    settle(open, outcome);
    return 'message' in outcome ? outcome.message : undefined;
  };
  const think = (open: Open, data: Json): StoredMessage => {
    const flags = numberOf(data, 'flags') ?? 0;
    if ((flags & ~FLAGS.ephemeral) !== 0) {
      throw invalidForm([
        badValue(['data', 'flags'], 'Only the ephemeral flag goes with a deferral.'),
      ]);
    }
    const origin = originOf(open, (flags & FLAGS.ephemeral) !== 0);
    return messages.create(parseDraft({ flags }, []), { ...origin, loading: true });
  };

  const followUp: Interactions['followUp'] = (token, body, uploads) => {
    const open = webhook(token);
    const original = open.originalId === undefined ? undefined : store.message(open.originalId);
    // Discord fills a reply that is still thinking before it adds another.
    if (original && (original.flags & FLAGS.loading) !== 0) {
      return edited(open, original, body, uploads);
    }
    return create(open, parseDraft(body, uploads));
  };
  /** Only what answered this interaction can be reached with its token. */
  const owned = (open: Open, messageId: string): StoredMessage => {
    const message = messageBy(messageId);
    const isOwn = message.cause?.interactionId === open.id || messageId === open.originalId;
    if (!isOwn) throw unknownMessage();
    return message;
  };

  return {
    open: (interaction) => {
      const open: Open = {
        ...interaction,
        openedMs: realNow(),
        first: Promise.withResolvers(),
        final: Promise.withResolvers(),
        answered: false,
        originalId: undefined,
      };
      byId.set(open.id, open);
      byToken.set(open.token, open);
      parts.timers.after(ANSWER_MS, () => {
        if (!open.answered) settle(open, { kind: 'failed', reason: NO_ANSWER });
      });
      parts.timers.after(TOKEN_MS, () => expire(open));
    },
    kindOf: (id) => byId.get(id)?.kind,
    first: (id) => byId.get(id)?.first.promise ?? Promise.reject(unknownInteraction()),
    final: (id) => byId.get(id)?.final.promise ?? Promise.reject(unknownInteraction()),
    answer,
    original: (token) => messageBy(webhook(token).originalId),
    editOriginal: (token, body, uploads) => {
      const open = webhook(token);
      return edited(open, messageBy(open.originalId), body, uploads);
    },
    edit: (token, messageId, body, uploads) => {
      const open = webhook(token);
      return edited(open, owned(open, messageId), body, uploads);
    },
    followUp,
    messageOf: (token, messageId) => owned(webhook(token), messageId),
    remove: (token, messageId) => {
      const open = webhook(token);
      messages.remove(owned(open, messageId ?? open.originalId ?? ''));
    },
  };
}

const ALLOWED: Readonly<Record<number, readonly number[]>> = {
  [KINDS.command]: [ANSWERS.reply, ANSWERS.deferReply, ANSWERS.modal],
  [KINDS.component]: [
    ANSWERS.reply,
    ANSWERS.deferReply,
    ANSWERS.deferUpdate,
    ANSWERS.update,
    ANSWERS.modal,
  ],
  [KINDS.autocomplete]: [ANSWERS.choices],
  [KINDS.modal]: [ANSWERS.reply, ANSWERS.deferReply, ANSWERS.deferUpdate, ANSWERS.update],
};

function refuseWrongAnswer(open: Interaction, type: number): void {
  const allowed = ALLOWED[open.kind] ?? [];
  if (allowed.includes(type)) return;
  throw invalidForm([badValue(['type'], `Value must be one of {${allowed.join(', ')}}.`)]);
}

function checkedChoices(data: Json): readonly Json[] {
  const choices = listOf(data, 'choices');
  const at = ['data', 'choices'];
  const problems = [
    ...listProblems(data, 'choices', ['data'], { min: 0, max: 25 }),
    ...choiceListProblems(choices, at),
  ];
  if (problems.length > 0) throw invalidForm(problems);
  return choices;
}

function checkedModal(data: Json): Json {
  const problems = modalProblems(data);
  if (problems.length > 0) throw invalidForm(problems);
  return data;
}
