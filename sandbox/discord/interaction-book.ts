/** Every interaction of the last 15 minutes, with its outcome. */
import type { Timers } from '#core/market-time/real-timers.ts';
import { alreadyAnswered, invalidToken, unknownInteraction, unknownWebhook } from './faults.ts';
import type { Json } from './json.ts';
import type { StoredMessage } from './records.ts';

/** One use of a command, component or form. */
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

/** Outcome of an interaction, as the person sees it. */
export type Outcome =
  | { readonly kind: 'reply'; readonly message: StoredMessage }
  /** The message with the component was changed. */
  | { readonly kind: 'update'; readonly message: StoredMessage }
  /** "… is thinking" */
  | { readonly kind: 'thinking'; readonly message: StoredMessage }
  /** Acknowledged without a visible answer. */
  | { readonly kind: 'acknowledged' }
  | { readonly kind: 'choices'; readonly choices: readonly Json[] }
  | { readonly kind: 'modal'; readonly modal: Json }
  /** The bot did not answer in time. */
  | { readonly kind: 'failed'; readonly reason: string };

/** An interaction and its answers so far. */
export interface OpenInteraction extends Interaction {
  readonly first: Promise<Outcome>;
  readonly final: Promise<Outcome>;
  /** Resolves the outcome for everyone waiting. */
  settle(outcome: Outcome): void;
  answered: boolean;
  /** The message that `@original` refers to. */
  originalId: string | undefined;
}

/** Interactions and their time limits. */
export interface InteractionBook {
  /** Starts the limits of 3 s and 15 min. */
  open(interaction: Interaction): void;
  find(id: string): OpenInteraction | undefined;
  /** For its first answer. @throws ApiFault 10062 when late or unknown, 40060 when it has one */
  take(id: string, token: string): OpenInteraction;
  /** For what follows the first answer. @throws ApiFault 10015, or 50027 after 15 minutes */
  byToken(token: string): OpenInteraction;
}

interface BookParts {
  readonly timers: Timers;
  readonly realNow: () => number;
}

const ANSWER_MS = 3_000;
const TOKEN_MS = 15 * 60_000;
/** For a while an expired token is distinguished from an unknown one. */
const FORGET_AFTER_MS = TOKEN_MS + 60_000;
const NO_ANSWER: Outcome = { kind: 'failed', reason: 'The application did not respond' };

interface Entry extends OpenInteraction {
  readonly openedMs: number;
}

/** Creates an empty book. */
export function createInteractionBook({ timers, realNow }: BookParts): InteractionBook {
  const byId = new Map<string, Entry>();
  const byToken = new Map<string, Entry>();

  const expire = (entry: Entry): void => {
    const left = entry.openedMs + FORGET_AFTER_MS - realNow();
    if (left > 0) {
      timers.after(left, () => expire(entry));
      return;
    }
    byId.delete(entry.id);
    byToken.delete(entry.token);
    entry.settle(NO_ANSWER);
  };
  return {
    open: (interaction) => {
      const entry = entryOf(interaction, realNow());
      byId.set(entry.id, entry);
      byToken.set(entry.token, entry);
      timers.after(ANSWER_MS, () => {
        if (!entry.answered) entry.settle(NO_ANSWER);
      });
      timers.after(FORGET_AFTER_MS, () => expire(entry));
    },
    find: (id) => byId.get(id),
    take: (id, token) => {
      const entry = byId.get(id);
      if (!entry || entry.token !== token) throw unknownInteraction();
      if (entry.answered) throw alreadyAnswered();
      if (realNow() - entry.openedMs > ANSWER_MS) throw unknownInteraction();
      return entry;
    },
    byToken: (token) => {
      const entry = byToken.get(token);
      if (!entry) throw unknownWebhook();
      if (realNow() - entry.openedMs > TOKEN_MS) throw invalidToken();
      if (!entry.answered) throw unknownWebhook();
      return entry;
    },
  };
}

function entryOf(interaction: Interaction, openedMs: number): Entry {
  const first = Promise.withResolvers<Outcome>();
  const final = Promise.withResolvers<Outcome>();
  return {
    ...interaction,
    openedMs,
    first: first.promise,
    final: final.promise,
    settle: (outcome) => {
      first.resolve(outcome);
      if (outcome.kind !== 'thinking') final.resolve(outcome);
    },
    answered: false,
    originalId: undefined,
  };
}
