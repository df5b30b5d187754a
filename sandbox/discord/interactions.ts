/** Interactions: started by a person, answered within 3 s, editable for 15 minutes. */
import { choiceListProblems } from './command-rules.ts';
import { modalProblems } from './component-rules.ts';
import { type Draft, parseDraft, refuseEmpty, type Upload } from './draft.ts';
import { invalidForm, unknownInteraction, unknownMessage } from './faults.ts';
import { badValue, listProblems } from './form.ts';
import type { Interaction, InteractionBook, OpenInteraction, Outcome } from './interaction-book.ts';
import { isJson, type Json, listOf, numberOf } from './json.ts';
import type { Messages, Origin } from './messages.ts';
import { FLAGS, type StoredMessage } from './records.ts';
import type { Store } from './store.ts';

/** Discord's types of interactions. */
export const KINDS = { command: 2, component: 3, autocomplete: 4, modal: 5 } as const;
const ANSWERS = {
  reply: 4,
  deferReply: 5,
  deferUpdate: 6,
  update: 7,
  choices: 8,
  modal: 9,
} as const;

/** Accepts the bot's answers within their time limits. */
export interface Interactions {
  /** Starts the limit of 3 s. */
  open(interaction: Interaction): void;
  kindOf(id: string): number | undefined;
  /** The first answer, or its absence. */
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

interface InteractionParts {
  readonly book: InteractionBook;
  readonly store: Store;
  readonly messages: Messages;
  readonly botId: string;
}

/** Answers become messages of the channel. */
export function createInteractions(parts: InteractionParts): Interactions {
  const { book } = parts;
  const messageBy = (id: string | undefined): StoredMessage => {
    const message = id === undefined ? undefined : parts.store.message(id);
    if (!message) throw unknownMessage();
    return message;
  };
  /** A token gives access only to answers of its own interaction. */
  const owned = (open: OpenInteraction, messageId: string): StoredMessage => {
    const message = messageBy(messageId);
    const isOwn = message.cause?.interactionId === open.id || messageId === open.originalId;
    if (!isOwn) throw unknownMessage();
    return message;
  };
  const replies = createReplies(parts, messageBy);
  const { edited } = replies;

  return {
    open: book.open,
    kindOf: (id) => book.find(id)?.kind,
    first: (id) => book.find(id)?.first ?? Promise.reject(unknownInteraction()),
    final: (id) => book.find(id)?.final ?? Promise.reject(unknownInteraction()),
    answer: (id, token, body, uploads) => {
      const open = book.take(id, token);
      const outcome = replies.firstAnswer(open, body, uploads);
      open.answered = true;
      open.originalId = 'message' in outcome ? outcome.message.id : open.sourceId;
      open.settle(outcome);
      return 'message' in outcome ? outcome.message : undefined;
    },
    original: (token) => messageBy(book.byToken(token).originalId),
    editOriginal: (token, body, uploads) => {
      const open = book.byToken(token);
      return edited(open, messageBy(open.originalId), body, uploads);
    },
    edit: (token, messageId, body, uploads) => {
      const open = book.byToken(token);
      return edited(open, owned(open, messageId), body, uploads);
    },
    followUp: (token, body, uploads) => {
      const open = book.byToken(token);
      const original =
        open.originalId === undefined ? undefined : parts.store.message(open.originalId);
      // Discord fills a reply that is still thinking before it adds another.
      const fills = original !== undefined && (original.flags & FLAGS.loading) !== 0;
      return fills
        ? edited(open, original, body, uploads)
        : replies.create(open, parseDraft(body, uploads));
    },
    messageOf: (token, messageId) => owned(book.byToken(token), messageId),
    remove: (token, messageId) => {
      const open = book.byToken(token);
      parts.messages.remove(owned(open, messageId ?? open.originalId ?? ''));
    },
  };
}

interface Replies {
  create(open: Interaction, draft: Draft): StoredMessage;
  edited(
    open: OpenInteraction,
    message: StoredMessage,
    body: Json,
    uploads: readonly Upload[],
  ): StoredMessage;
  firstAnswer(open: Interaction, body: Json, uploads: readonly Upload[]): Outcome;
}

function createReplies(
  { messages, botId }: InteractionParts,
  messageBy: (id: string | undefined) => StoredMessage,
): Replies {
  const originOf = (open: Interaction, flags: number): Origin => ({
    channelId: open.channelId,
    authorId: botId,
    cause: {
      interactionId: open.id,
      kind: open.kind,
      commandName: open.commandName,
      userId: open.userId,
      guildId: open.guildId,
    },
    ...((flags & FLAGS.ephemeral) !== 0 && { visibleTo: open.userId }),
  });
  const create = (open: Interaction, draft: Draft): StoredMessage => {
    refuseEmpty(draft);
    return messages.create(draft, originOf(open, draft.flags));
  };
  const think = (open: Interaction, data: Json): StoredMessage => {
    const flags = numberOf(data, 'flags') ?? 0;
    if ((flags & ~FLAGS.ephemeral) !== 0) {
      const text = 'Only the ephemeral flag goes with a deferral.';
      throw invalidForm([badValue(['data', 'flags'], text)]);
    }
    return messages.create(parseDraft({ flags }, []), { ...originOf(open, flags), loading: true });
  };
  return {
    create,
    edited: (open, message, body, uploads) => {
      const wasThinking = (message.flags & FLAGS.loading) !== 0;
      const next = messages.edit(message, parseDraft(body, uploads));
      if (wasThinking) open.settle({ kind: 'reply', message: next });
      return next;
    },
    firstAnswer: (open, body, uploads) => {
      const type = numberOf(body, 'type') ?? 0;
      refuseWrongAnswer(open, type);
      const data = isJson(body['data']) ? body['data'] : {};
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
