import { describe, expect, it } from 'vitest';
import { parseInline, parseMarkdown } from '#sandbox/page/client/markdown.ts';

const text = (words: string) => ({ kind: 'text', text: words });

describe('markdown', () => {
  it.each([
    ['**b**', { kind: 'bold', inside: [text('b')] }],
    ['*i*', { kind: 'italic', inside: [text('i')] }],
    ['_i_', { kind: 'italic', inside: [text('i')] }],
    ['__u__', { kind: 'underline', inside: [text('u')] }],
    ['~~s~~', { kind: 'strike', inside: [text('s')] }],
    ['||p||', { kind: 'spoiler', inside: [text('p')] }],
    ['`**c**`', { kind: 'code', text: '**c**' }],
    ['<t:1700000000:R>', { kind: 'time', unixSeconds: 1_700_000_000, style: 'R' }],
    ['<t:1700000000>', { kind: 'time', unixSeconds: 1_700_000_000, style: 'f' }],
    ['<@123456789012345678>', { kind: 'mention', of: 'user', id: '123456789012345678' }],
    ['<@&123456789012345678>', { kind: 'mention', of: 'role', id: '123456789012345678' }],
    ['\\*', text('*')],
    ['\\_', text('_')],
  ])('reads %s', (source, node) => {
    expect(parseInline(source)).toEqual([node]);
  });

  it('turns only web addresses into links.', () => {
    expect(parseInline('[x](javascript:alert(1))')[0]?.kind).toBe('text');
    expect(parseInline('[x](https://a.example)')).toEqual([
      { kind: 'link', url: 'https://a.example', inside: [text('x')] },
    ]);
  });

  it('leaves snake_case and 2 * 3 * 4 unchanged', () => {
    expect(parseInline('a_snake_case')).toEqual([text('a_snake_case')]);
    expect(parseInline('2 * 3 * 4')).toEqual([text('2 * 3 * 4')]);
  });

  it('keeps the inside of a code block unchanged', () => {
    const [block] = parseMarkdown('```\n # XLK **1**\n\n 2\n```');
    expect(block).toEqual({ kind: 'pre', language: '', text: ' # XLK **1**\n\n 2' });
  });

  it('distinguishes headings, small print, lists and quotes from text', () => {
    const kinds = parseMarkdown('# H\ntext\nmore\n-# small\n- a\n- b\n1. c\n> q').map(
      ({ kind }) => kind,
    );
    expect(kinds).toEqual(['heading', 'paragraph', 'small', 'list', 'list', 'quote']);
  });

  it('parses a long line of unclosed marks quickly', () => {
    const parsed = parseInline('*_~|`'.repeat(400));
    expect(parsed.length).toBeGreaterThan(0);
  });
});
