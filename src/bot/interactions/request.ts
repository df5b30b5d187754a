import type { Post } from '../post.ts';
import type { Asker } from './access.ts';
import type { Choice, Modal, Options } from './command.ts';

/** One interaction, independent of discord.js. */
export interface Request {
  /** Discord's interaction id; the same id is the same attempt. */
  readonly id: string;
  readonly kind: 'command' | 'component' | 'completion' | 'form';
  /** The command's name, or the custom id of the button or form. */
  readonly name: string;
  readonly options: Options;
  /** Text being typed, for a completion. */
  readonly typed: string;
  /** The option being typed. */
  readonly focused: string;
  readonly asker: Asker;
  /** For a button of a private answer: age of that answer in milliseconds. */
  readonly privateAgeMs?: number | undefined;
  /** Current roles of the asker, or of that person; undefined when Discord does not answer. */
  roles(userId?: string): Promise<readonly string[] | undefined>;
  /** Shows a form instead of an answer. */
  ask(form: Modal): Promise<void>;
  /** Answers once; returns the message id if others see it too. */
  reply(post: Post, audience: 'asker' | 'channel'): Promise<string | undefined>;
  /** Tells Discord within its three seconds that an answer follows; `reply` then fills it in. */
  defer(audience: 'asker' | 'channel'): Promise<void>;
  /** For buttons: tells Discord that the message itself will change, then changes it. */
  deferUpdate(): Promise<void>;
  update(post: Post): Promise<string | undefined>;
  /** Sends a sentence or a message only the presser sees, after `deferUpdate`. */
  follow(said: string | Post): Promise<void>;
  /** Sends a message to everyone after `deferUpdate`; returns its id. */
  share(post: Post): Promise<string | undefined>;
  choose(choices: readonly Choice[]): Promise<void>;
}
