/** What a slash command is. Commands are data and one function; the router does everything else. */
import type { RESTPostAPIChatInputApplicationCommandsJSONBody } from 'discord.js';
import type { Model } from '#core/domain/model.ts';
import type { EpochMs } from '#core/domain/units.ts';
import type { Engine } from '#core/engine.ts';
import type { Access, Asker } from './access.ts';
import type { Post } from './post.ts';

export interface Command {
  readonly definition: RESTPostAPIChatInputApplicationCommandsJSONBody;
  readonly access: Access;
  /** Answers to reading are seen by the asker alone; acts are seen by everybody. */
  readonly audience: 'asker' | 'channel';
  /** Asks the machine to do something, so that Discord is told first to wait. */
  readonly slow: boolean;
  readonly run: (context: Context) => Promise<Answer> | Answer;
  /** Values for the option that is being typed. */
  readonly complete?: (context: Context, typed: string) => readonly Choice[];
  /** The buttons on its answers. */
  readonly components?: readonly Component[];
}

/** Buttons whose custom id begins with the prefix; the rest of the id is the argument. */
export interface Component {
  readonly prefix: string;
  readonly access: Access;
  readonly run: (context: Context, argument: string) => Promise<Pressed> | Pressed;
}

export interface Context {
  readonly engine: Engine;
  readonly models: readonly Model[];
  readonly commands: readonly Command[];
  readonly asker: Asker;
  readonly options: Options;
  /** The desk's clock. */
  readonly now: EpochMs;
  /** The machine's clock, for what counts in people's time. */
  readonly wallNow: EpochMs;
}

export type Options = ReadonlyMap<string, string | number | boolean>;

export interface Choice {
  readonly name: string;
  readonly value: string;
}

export interface Answer {
  readonly post: Post;
  /** Set when the journal may change this message later: `proposal:ID`. */
  readonly subject?: string;
}

/** What a press does to the message with the button, and what the presser alone is told. */
export interface Pressed {
  readonly update: Post | undefined;
  readonly note: string | undefined;
}
