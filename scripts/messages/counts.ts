/** Messages and lines of what a sandbox's Discord holds: pure. */

/** A message as the sandbox keeps it; what is not counted is left out. */
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

/** Of the channel, or of all threads together. */
export interface Counts {
  readonly messages: number;
  readonly lines: number;
}

/** Lines that Discord itself writes: pinned, a thread was begun, what a thread hangs on. */
const DISCORD_SYSTEM_TYPES: ReadonlySet<number> = new Set([6, 18, 21]);

/** The channel is where most messages stand that are in no thread: that of the first one. */
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

/** As they are written; a line that a screen wraps is one. */
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

/** Two rows to be printed. */
export function tableOf({ channel, threads }: ReturnType<typeof countsOf>): readonly string[] {
  const row = (name: string, { messages, lines }: Counts): string =>
    `${name.padEnd(9)}${String(messages).padStart(6)} messages${String(lines).padStart(7)} lines`;
  return [row('channel', channel), row('threads', threads)];
}
