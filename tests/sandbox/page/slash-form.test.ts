import { describe, expect, it } from 'vitest';
import {
  exact,
  firstMissing,
  leavesOf,
  matching,
  namedIn,
  optionsOf,
} from '#sandbox/page/client/slash-form.ts';
import type { CommandDto, OptionDto } from '#sandbox/page/dto.ts';

const option = (name: string, part: Partial<OptionDto> = {}): OptionDto => ({
  name,
  description: name,
  type: 3,
  ...part,
});
const COMMANDS: readonly CommandDto[] = [
  { name: 'status', description: 'x', type: 1 },
  { name: 'positions', description: 'x', type: 1 },
  {
    name: 'model',
    description: 'x',
    type: 1,
    options: [option('show', { type: 1 }), option('list', { type: 1 })],
  },
];
const leaves = leavesOf(COMMANDS);

describe('the message box', () => {
  it('offers each sub-command by its full name', () => {
    expect(leaves.map(({ path }) => path)).toEqual([
      'model list',
      'model show',
      'positions',
      'status',
    ]);
  });

  it('offers commands that begin with the typed letters before those that contain them', () => {
    expect(matching(leaves, 's').map(({ path }) => path)).toEqual([
      'status',
      'model list',
      'model show',
      'positions',
    ]);
  });

  it('recognises a command typed in full', () => {
    expect(exact(leaves, 'model show ')?.path).toBe('model show');
    expect(exact(leaves, 'model')).toBeUndefined();
  });

  it('finds the option that a text names', () => {
    const options = [option('state'), option('reason')];
    expect(namedIn(options, 'state:open')).toEqual({ option: options[0], text: 'open' });
    expect(namedIn(options, ' Reason: at 10:30')).toEqual({ option: options[1], text: 'at 10:30' });
    expect(namedIn(options, 'state')).toBeUndefined();
    expect(namedIn(options, 'stat:open')).toBeUndefined();
  });

  it('sends a number as a number, a choice as its value, and nothing for an empty chip', () => {
    const choices = [{ name: 'One year', value: 252 }];
    const leaf = {
      path: 'chart',
      description: 'x',
      options: [option('n', { type: 4 }), option('range', { type: 4, choices }), option('empty')],
    };
    const texts = new Map([
      ['n', '7'],
      ['range', 'one year'],
      ['empty', ' '],
    ]);
    expect(optionsOf(leaf, texts, new Map())).toEqual({ n: 7, range: 252 });
  });

  it('names the first required option without a value', () => {
    const leaf = {
      path: 'x',
      description: 'x',
      options: [option('a'), option('b', { required: true })],
    };
    expect(firstMissing(leaf, { a: '1' })?.name).toBe('b');
    expect(firstMissing(leaf, { b: '1' })).toBeUndefined();
  });
});
