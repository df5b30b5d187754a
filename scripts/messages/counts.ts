/** Counts messages and lines in a sandbox's Discord. Pure. */

/** The counted fields of a message stored by the sandbox. */
export interface CountedMessage {
  readonly channelId: string;
  readonly type: number;
  readonly content: string;
  readonly embeds: readonly {
    readonly title?: string;
    readonly description?: string;
    readonly fields?: readonly { readonly name: string; readonly value: string }[];
    readonly footer?: { readonly text: string };
  }[];
}

/** Counts of the channel, or of all threads together. */
export interface Counts {
  readonly messages: number;
  readonly lines: number;
}

/** Types of Discord's system messages: pin, thread started, thread starter. */
const DISCORD_SYSTEM_TYPES: ReadonlySet<number> = new Set([6, 18, 21]);

/** The channel of the first message that is not in a thread counts as the main one. */
export function countsOf(all: readonly CountedMessage[]): {
  readonly channel: Counts;
  readonly threads: Counts;
} {
  const told = all.filter(({ type }) => !DISCORD_SYSTEM_TYPES.has(type));
  const home = told[0]?.channelId;
  const of = (messages: readonly CountedMessage[]): Counts => ({
    messages: messages.length,
    lines: messages.reduce((sum, each) => sum + linesOf(each), 0),
  });
  return {
    channel: of(told.filter(({ channelId }) => channelId === home)),
    threads: of(told.filter(({ channelId }) => channelId !== home)),
  };
}

/** As written; a line wrapped by the screen counts as one. */
export function linesOf({ content, embeds }: CountedMessage): number {
  const texts = embeds.flatMap(({ title, description, fields = [], footer }) => [
    title,
    description,
    ...fields.flatMap(({ name, value }) => [name, value]),
    footer?.text,
  ]);
  const written = [content, ...texts].filter((text) => text !== undefined && text !== '');
  return written.reduce<number>((sum, text) => sum + (text?.split('\n').length ?? 0), 0);
}

/** The two rows to print. */
export function tableOf({ channel, threads }: ReturnType<typeof countsOf>): readonly string[] {
  const row = (name: string, { messages, lines }: Counts): string =>
    `${name.padEnd(9)}${String(messages).padStart(6)} messages${String(lines).padStart(7)} lines`;
  return [row('channel', channel), row('threads', threads)];
}
