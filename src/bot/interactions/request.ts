import type { Post } from '../post.ts';
import type { Asker } from './access.ts';
import type { Choice, Modal, Options } from './command.ts';

/** One interaction, without Discord's library. */
export interface Request {
  /** Discord's interaction id; the same again is the same attempt. */
  readonly id: string;
  readonly kind: 'command' | 'component' | 'completion' | 'form';
  /** The command's name, or the custom id of the button or the form. */
  readonly name: string;
  readonly options: Options;
  /** What is being typed, for a completion. */
  readonly typed: string;
  /** The option that is being typed. */
  readonly focused: string;
  readonly asker: Asker;
  /** Of a button below an answer that only the presser sees: how old that answer is, in milliseconds. */
  readonly privateAgeMs?: number | undefined;
  /** The asker's roles as Discord has them now; undefined when it does not say. */
  roles(): Promise<readonly string[] | undefined>;
  /** Shows a form in place of an answer. */
  ask(form: Modal): Promise<void>;
  /** Answers once; gives the id of a message that others see too. */
  reply(post: Post, audience: 'asker' | 'channel'): Promise<string | undefined>;
  /** Says within Discord's three seconds that an answer comes; `reply` then fills it in. */
  defer(audience: 'asker' | 'channel'): Promise<void>;
  /** For buttons: says that the message itself will change, then changes it. */
  deferUpdate(): Promise<void>;
  update(post: Post): Promise<string | undefined>;
  /** A sentence or a message to the presser alone after `deferUpdate`. */
  follow(said: string | Post): Promise<void>;
  /** A message to everybody after `deferUpdate`; gives its id. */
  share(post: Post): Promise<string | undefined>;
  choose(choices: readonly Choice[]): Promise<void>;
}
