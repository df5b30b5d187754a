/** What people and brokers may write, and what Discord must never make of it. */
import fc from 'fast-check';
import type { Post } from '#bot/post.ts';

const WEAPONS = [
  '@everyone',
  '@here',
  '<@123456789012345678>',
  '<@&123456789012345678>',
  '<#123456789012345678>',
  '<:pwn:123456789012345678>',
  '</halt:123456789012345678>',
  '```',
  '`',
  '**',
  '__',
  '~~',
  '||',
  '\n> quote',
  '\n# head',
  '\n',
  '\r\n',
  '[free](https://evil.example)',
  'https://evil.example',
  '\u202e',
  '\u200b',
  '\u0000',
  '😀',
  '👨‍👩‍👧‍👦',
  '\\',
  '../../etc/passwd',
  'x'.repeat(500),
] as const;

/** Texts made of weapons and of anything else, up to some thousand characters. */
export const hostile: fc.Arbitrary<string> = fc
  .array(fc.oneof(fc.constantFrom(...WEAPONS), fc.string({ unit: 'grapheme', maxLength: 40 })), {
    maxLength: 12,
  })
  .map((parts) => parts.join(''));

/** Every text of a message that Discord parses for mentions and markdown. */
export function parsedTexts(post: Post): readonly string[] {
  const embeds = post.embeds.flatMap(({ title = '', description = '', fields = [] }) => [
    title,
    description,
    ...fields.flatMap(({ name, value }) => [name, value]),
  ]);
  return [post.content ?? '', ...embeds];
}

const LIVE = /@everyone|@here|<@[!&]?\d|<#\d|<a?:\w|<\/\w|https?:\/\//;

/** The first thing in the message that Discord would bring to life, or undefined. */
export function liveWeapon(post: Post): string | undefined {
  return parsedTexts(post)
    .map((text) => LIVE.exec(text)?.[0])
    .find((found) => found !== undefined);
}

export interface Fences {
  /** Every fence is closed again. */
  readonly closed: boolean;
  readonly widest: number;
}

/** The code blocks of a message: whether they hold, and their widest row in columns. */
export function fencesOf(post: Post): Fences {
  const parts = parsedTexts(post).map((text) => text.split('```'));
  const rows = parts.flatMap((pieces) =>
    pieces
      .filter((_, index) => index % 2 === 1)
      .join('\n')
      .split('\n'),
  );
  return {
    closed: parts.every((pieces) => pieces.length % 2 === 1),
    widest: Math.max(0, ...rows.map((line) => [...line].length)),
  };
}
