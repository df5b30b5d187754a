/** The core gives codes, numbers and plain words; what a person may press or type is the bot's. */
import { globSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseSync, Visitor } from 'oxc-parser';
import { describe, expect, it } from 'vitest';
import { COMMANDS } from '#commands/list.ts';

const ROOT = resolve(import.meta.dirname, '../..');
/** Rooms that speak with Alpaca may name it. */
const ABOUT_ALPACA = /^src\/core\/(broker|market)\//;
const NAMES = COMMANDS.map(({ definition }) => definition.name).join('|');
const SLASH_COMMAND = new RegExp(`(?<![\\w./])/(${NAMES})(?![\\w/-])`);

/** Texts in the program's strings; comments are none. */
function stringsOf(text: string): readonly string[] {
  const found: string[] = [];
  new Visitor({
    Literal: ({ value }) => {
      if (typeof value === 'string') found.push(value);
    },
    TemplateElement: ({ value }) => void found.push(value.raw),
  }).visit(parseSync('a.ts', text).program);
  return found;
}

const slashCommandsIn = (text: string): readonly string[] =>
  stringsOf(text).filter((each) => SLASH_COMMAND.test(each));

const FILES = globSync('src/core/**/*.ts', { cwd: ROOT }).map((file) => ({
  file: file.replaceAll('\\', '/'),
  text: readFileSync(join(ROOT, file), 'utf8'),
}));

describe('the core', () => {
  it('mentions no slash command', () => {
    const found = FILES.flatMap(({ file, text }) =>
      slashCommandsIn(text).map((each) => `${file}: ${each}`),
    );
    expect(FILES.length).toBeGreaterThan(100);
    expect(found).toEqual([]);
  });

  it('names Alpaca only where it communicates with it', () => {
    const found = FILES.filter(({ file }) => !ABOUT_ALPACA.test(file)).flatMap(({ file, text }) =>
      stringsOf(text).flatMap((each) => (each.includes('Alpaca') ? [`${file}: ${each}`] : [])),
    );
    expect(found).toEqual([]);
  });
});

describe('the search for slash commands', () => {
  it.each([
    ["const a = 'then use /rebalance.'", 1],
    ['const a = `Until /resume $' + '{b} or (/orders, too)`', 2],
    ["const a = 'data/orders and v2/positions'", 0],
    ['/** An operator uses /halt. */ const a = 1;', 0],
    ["import { a } from '#x/status';", 0],
    ["const a = '/v2/account/activities'", 0],
  ])('reads %s', (text, count) => {
    expect(slashCommandsIn(text)).toHaveLength(count);
  });
});
