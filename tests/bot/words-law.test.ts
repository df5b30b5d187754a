/**
 * No message and no line of the log says `undefined`, `NaN`, `null` or `[object Object]`, nor a count of
 * shares in billionths: every command, post and entry, in every state of the gallery and with odd numbers.
 */
import { describe, expect, it } from 'vitest';
import { withRoles } from '#bot/interactions/command-access.ts';
import type { Post } from '#bot/post.ts';
import { linePost } from '#bot/posts/line.ts';
import type { Entry } from '#core/domain/entry.ts';
import { formatLogLine } from '#core/domain/journal-events/table.ts';
import { cents, qty } from '#core/domain/units.ts';
import { NOW } from '#tests/support/desk.ts';
import { SAMPLES } from '#tests/support/entries.ts';
import { scenesOf } from '#tests/support/scenes.ts';
import { STATES, type State } from '#tests/support/states.ts';

const UNREADABLE = /\b(undefined|NaN|Infinity|null)\b|\[object/;
/** Twelve digits are a thousand shares in billionths; instants of Discord have ten. */
const NANOS = /(?<![\w.:/-])\d{11,}(?![\w:-])/;

/** What people read of a message. */
function textOf({ content, embeds }: Pick<Post, 'content' | 'embeds'>, alt?: string): string {
  const parts = embeds.flatMap(({ title, description, fields, footer }) => [
    ...[title, description, footer?.text],
    ...(fields ?? []).flatMap(({ name, value }) => [name, value]),
  ]);
  return [content, ...parts, alt].filter((each) => each !== undefined).join('\n');
}

function wordsOf(text: string): string | undefined {
  return (UNREADABLE.exec(text) ?? NANOS.exec(text))?.[0];
}

/** Equity of nothing, prices of nothing, a position that nobody values: what brokers answer on odd days. */
function odd(state: State): State {
  const { account, positions } = state.seen;
  const nothing = { equity: cents(0), cash: cents(0), buyingPower: cents(0) };
  return {
    ...state,
    name: `${state.name}, with odd numbers`,
    seen: {
      ...state.seen,
      account: account && { ...account, ...nothing },
      managed: state.seen.managed && { equity: cents(0), cash: cents(0) },
      positions: positions.map((each, index) => ({
        ...each,
        qty: qty(index === 0 ? 1 : each.qty),
        ...{ currentPrice: undefined, marketValue: undefined, unrealised: undefined },
      })),
      prices: new Map(),
      latest: new Map(),
      market: undefined,
      nextRebalance: undefined,
    },
  };
}

const ALL = STATES.flatMap((state) => [state, odd(state)]);

describe('the text of a message', () => {
  it.each(ALL)('in the state $name is readable', async (state) => {
    const scenes = await scenesOf(state, { draw: async () => new Uint8Array([1]) });
    const found = scenes.flatMap(({ name, message }) => {
      const text = textOf(message, message.file?.alt);
      const word = wordsOf(text);
      return word === undefined ? [] : [`${name}: ${word} in ${text.slice(0, 300)}`];
    });
    expect(found).toEqual([]);
  });
});

/** Commands that do more than read, named without the role that may use them. */
function rolelessIn(text: string): readonly string[] {
  const named = withRoles(text);
  return named === text ? [] : [text.slice(0, 300)];
}

describe('a message that refers to a command', () => {
  it.each(STATES)('names the role that may use it, in the state $name', async (state) => {
    const scenes = await scenesOf(state, { draw: async () => new Uint8Array([1]) });
    const found = scenes
      // The list of all commands names the role of each behind its sentence.
      .filter(({ name }) => name !== '/help')
      .flatMap(({ name, message }) =>
        rolelessIn(textOf(message)).map((text) => `${name}: ${text}`),
      );
    expect(found).toEqual([]);
  });

  it.each(Object.values(SAMPLES) as readonly Entry[])(
    'names it for the kind $kind as well',
    (entry) => {
      const post = linePost({ seq: 1, at: NOW, entry }, 'PAPER');
      expect(rolelessIn(post ? textOf(post) : '')).toEqual([]);
    },
  );
});

/** Every entry with what it may leave out left out, and its numbers at nothing. */
function bare<T>(value: T): T {
  if (value instanceof Map || value instanceof Set || typeof value !== 'object' || value === null) {
    return value;
  }
  if (Array.isArray(value)) return value.map(bare) as T;
  const kept = Object.entries(value).filter(([name]) => !OPTIONAL.has(name));
  return Object.fromEntries(kept.map(([name, inner]) => [name, bare(inner)])) as T;
}

/** Fields that may be absent in one kind or another. */
const OPTIONAL: ReadonlySet<string> = new Set([
  ...[
    'acquired',
    'advice',
    'averagePrice',
    'build',
    'holdings',
    'limitPrice',
    'managedBy',
    'mayPass',
  ],
  ...['neededBy', 'provisional', 'sent', 'until', 'worth'],
]);

describe('the line of an entry', () => {
  const entries = (Object.values(SAMPLES) as readonly Entry[]).flatMap((entry) => [
    entry,
    bare(entry),
  ]);
  it.each(entries)('is readable for $kind in the log and in the channel', (entry) => {
    const log = formatLogLine({ seq: 1, at: NOW, entry }) ?? '';
    const post = linePost({ seq: 1, at: NOW, entry }, 'PAPER');
    const told = post ? textOf(post) : '';
    expect({ log: wordsOf(log), told: wordsOf(told) }).toEqual({ log: undefined, told: undefined });
  });
});
