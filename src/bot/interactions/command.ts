/** Definition of a slash command. Commands are data and one function; the router does everything else. */
import type { RESTPostAPIChatInputApplicationCommandsJSONBody } from 'discord.js';
import type { TradingState } from '#core/domain/account-state.ts';
import type { Model } from '#core/domain/model.ts';
import type { NoticePlaces } from '#core/domain/notices.ts';
import type { EpochMs } from '#core/domain/units.ts';
import type { Engine } from '#core/engine/engine.ts';
import type { Clocks } from '#core/ports.ts';
import type { Studies } from '#core/studies.ts';
import type { Deliver, Post } from '../post.ts';
import type { Asker } from './access.ts';
import type { Access } from './command-access.ts';

/** A slash command with its buttons and forms. */
export interface Command {
  readonly definition: RESTPostAPIChatInputApplicationCommandsJSONBody;
  readonly access: Access;
  /** In that trading state, where the command would allow more than it does then. */
  readonly accessIn?: (state: TradingState) => Access;
  /**
   * `asker`: only the person who asked sees the answer, because it changes nothing or because the journal
   * announces the action to everyone anyway. `channel`: everyone sees the answer.
   */
  readonly audience: 'asker' | 'channel';
  /** Takes long enough that Discord must be told to wait. */
  readonly slow: boolean;
  /** Stops something: runs before any request to Discord. */
  readonly stops?: boolean;
  readonly run: (context: Context, argument: string) => Promise<Answer> | Answer;
  /** Values for the option that is being typed. */
  readonly complete?: (context: Context, typed: string, option: string) => readonly Choice[];
  /** Buttons of its answers and of related messages. */
  readonly components?: readonly Component[];
  /** Handlers of its submitted forms. */
  readonly forms?: readonly Form[];
}

/** Buttons whose custom id begins with the prefix; the rest of the id is the argument. */
export interface Component {
  readonly prefix: string;
  readonly access: Access;
  readonly run: (context: Context, argument: string) => Promise<ButtonResult> | ButtonResult;
}

/** A form (Discord's modal) whose custom id begins with the prefix; its fields arrive as options. */
export interface Form {
  readonly prefix: string;
  readonly access: Access;
  readonly audience: 'asker' | 'channel';
  readonly run: (context: Context, argument: string) => Promise<Answer> | Answer;
}

/** Every setting by variable name; defaults are marked. Never contains secrets. */
export type Settings = readonly (readonly [name: string, value: string, source?: 'default'])[];

/** Dependencies of a running command. */
export interface Context {
  readonly engine: Engine;
  readonly models: readonly Model[];
  readonly commands: readonly Command[];
  readonly asker: Asker;
  /** Health of Discord, as the bot sees it. */
  readonly discord: DiscordHealth;
  readonly settings: Settings;
  /** Where each configurable kind of message goes, by the setting. */
  readonly notify?: NoticePlaces | undefined;
  readonly options: Options;
  /** Backtests and other computations; undefined when unavailable. */
  readonly studies?: Studies | undefined;
  /** Sends messages to one person or into a thread; undefined when unavailable. */
  readonly deliver?: Deliver | undefined;
  /** Whether that person lacks the access now; false when Discord does not answer. Undefined: not known. */
  readonly hasLost?: ((userId: string, access: Access) => Promise<boolean>) | undefined;
  /** Both clocks at the time the command arrived. */
  readonly now: { readonly [K in keyof Clocks]: EpochMs };
}

/** Values typed, by option name. */
export type Options = ReadonlyMap<string, string | number | boolean>;

/** A suggestion while an option is being typed; the name has at most 100 characters. */
export interface Choice {
  readonly name: string;
  readonly value: string;
}

/** A command's answer, or the form that it shows first. */
export type Answer = Reply | { readonly form: Modal };

/** An answer that is a message. */
export interface Reply {
  readonly post: Post;
  /** Set when the journal may later change this message: `proposal:ID`. */
  readonly subject?: string;
  /** One line for the audit: the result; `answered` by default. */
  readonly result?: string;
  /** Replaces the post when it resolves; until then the post says what is being done. */
  readonly later?: Promise<Post>;
  /** Shows progress until then: each post replaces the previous one. */
  readonly progress?: (show: (post: Post) => void) => void;
}

/** A form to fill in before anything is done. */
export interface Modal {
  /** Such as `flatten:confirm`; begins with the prefix of one of the command's forms. */
  readonly id: string;
  readonly title: string;
  /** Text above the fields; at most 4000 characters. */
  readonly text?: string;
  readonly fields: readonly {
    readonly id: string;
    readonly label: string;
    readonly placeholder?: string;
    readonly max: number;
  }[];
}

/** Health of the bot and its messages. */
export interface DiscordHealth {
  /** Connected to the gateway, which delivers commands and buttons. */
  readonly connected: boolean;
  /** Round-trip time to Discord in milliseconds; undefined while not connected. */
  readonly lagMs: number | undefined;
  /** Names of permissions that the bot lacks in its channel. */
  readonly missing: readonly string[];
  /** Problems with the configured roles, one sentence each; none if omitted. */
  readonly roles?: readonly string[];
  /** Number of journal entries not yet delivered. */
  readonly owed: number;
  /** Why the last delivery failed; undefined when it succeeded. */
  readonly problem: string | undefined;
}

/** How a press changes the message with the button, and the private answer to the presser. */
export interface ButtonResult {
  readonly update: Post | undefined;
  readonly note: string | undefined;
  /** A message only the presser sees. */
  readonly answer?: Post;
  /** A message for everyone, which the journal may later change under its subject. */
  readonly shared?: { readonly post: Post; readonly subject: string } | undefined;
  /** Set when the journal may change the message under another subject from now on. */
  readonly subject?: string;
  readonly result?: string;
}
