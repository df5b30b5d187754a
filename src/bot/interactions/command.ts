/** What a slash command is. Commands are data and one function; the router does everything else. */
import type { RESTPostAPIChatInputApplicationCommandsJSONBody } from 'discord.js';
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
  /**
   * `asker`: only the person who asked sees the answer, because it changes nothing or because the journal
   * announces the act to everybody anyway. `channel`: the answer is the message that everybody sees.
   */
  readonly audience: 'asker' | 'channel';
  /** Asks the machine to do something, so that Discord is told first to wait. */
  readonly slow: boolean;
  /** Stops something: it is done before Discord is asked anything. */
  readonly stops?: boolean;
  readonly run: (context: Context, argument: string) => Promise<Answer> | Answer;
  /** Values for the option that is being typed. */
  readonly complete?: (context: Context, typed: string, option: string) => readonly Choice[];
  /** The buttons on its answers, and on messages that belong to it. */
  readonly components?: readonly Component[];
  /** What is done with the words that were typed into its forms. */
  readonly forms?: readonly Form[];
}

/** Buttons whose custom id begins with the prefix; the rest of the id is the argument. */
export interface Component {
  readonly prefix: string;
  readonly access: Access;
  readonly run: (context: Context, argument: string) => Promise<ButtonResult> | ButtonResult;
}

/** A form (Discord's modal) whose custom id begins with the prefix; its fields come as options. */
export interface Form {
  readonly prefix: string;
  readonly access: Access;
  readonly audience: 'asker' | 'channel';
  readonly run: (context: Context, argument: string) => Promise<Answer> | Answer;
}

/** Every setting by its variable's name; those that nobody set say so. Secrets never get here. */
export type Settings = readonly (readonly [name: string, value: string, source?: 'default'])[];

/** What a command knows while it runs. */
export interface Context {
  readonly engine: Engine;
  readonly models: readonly Model[];
  readonly commands: readonly Command[];
  readonly asker: Asker;
  /** How Discord is doing, as the bot sees it. */
  readonly discord: DiscordHealth;
  readonly settings: Settings;
  /** Where kinds of messages go that people may move, by the setting. */
  readonly notify?: NoticePlaces | undefined;
  readonly options: Options;
  /** What is computed beside trading; undefined where nothing is. */
  readonly studies?: Studies | undefined;
  /** Hands messages over to one person or into a thread; undefined where nothing can be. */
  readonly deliver?: Deliver | undefined;
  /** What both clocks show when the command arrives. */
  readonly now: { readonly [K in keyof Clocks]: EpochMs };
}

/** What was typed, by the option's name. */
export type Options = ReadonlyMap<string, string | number | boolean>;

/** A value that is offered while an option is typed; a name of at most 100 characters. */
export interface Choice {
  readonly name: string;
  readonly value: string;
}

/** What a command says, or the form that it asks for first. */
export type Answer = Reply | { readonly form: Modal };

/** A message as an answer. */
export interface Reply {
  readonly post: Post;
  /** Set when the journal may change this message later: `proposal:ID`. */
  readonly subject?: string;
  /** One line for the audit: what it came to; `answered` unless given. */
  readonly result?: string;
  /** Takes the place of the post once it is there: the post says what is being done until then. */
  readonly later?: Promise<Post>;
  /** Tells until then how far it is: each post takes the place of the one before. */
  readonly progress?: (show: (post: Post) => void) => void;
}

/** A form to fill in, before anything is done. */
export interface Modal {
  /** `flatten:confirm`; begins with the prefix of one of the command's forms. */
  readonly id: string;
  readonly title: string;
  /** Stands above the fields; at most 4000 characters. */
  readonly text?: string;
  readonly fields: readonly {
    readonly id: string;
    readonly label: string;
    readonly placeholder?: string;
    readonly max: number;
  }[];
}

/** How the bot and its messages are doing. */
export interface DiscordHealth {
  /** To the gateway, over which commands and buttons come. */
  readonly connected: boolean;
  /** Milliseconds to Discord and back; undefined while not connected. */
  readonly lagMs: number | undefined;
  /** Names of permissions that the bot needs in its channel and has not. */
  readonly missing: readonly string[];
  /** What is wrong with the roles of the settings, a sentence each; nothing unless given. */
  readonly roles?: readonly string[];
  /** Entries of the journal that were not told yet. */
  readonly owed: number;
  /** Why the last telling failed, in words; undefined when it went well. */
  readonly problem: string | undefined;
}

/** What a press does to the message with the button, and what the presser alone is told. */
export interface ButtonResult {
  readonly update: Post | undefined;
  readonly note: string | undefined;
  /** A message to the presser alone. */
  readonly answer?: Post;
  /** A message for everybody, which the journal may change later under its subject. */
  readonly shared?: { readonly post: Post; readonly subject: string } | undefined;
  /** Set when the journal may change the message under another subject from now on. */
  readonly subject?: string;
  readonly result?: string;
}
