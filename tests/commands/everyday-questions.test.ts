import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Context } from '#bot/interactions/command.ts';
import { find } from '#bot/interactions/handlers.ts';
import type { Post } from '#bot/post.ts';
import { DASHBOARD_BUTTONS } from '#bot/posts/ask-buttons.ts';
import { COMMANDS } from '#commands/list.ts';
import { MODELS } from '#models/list.ts';
import { leapingClock } from '#tests/support/clock.ts';
import { decided } from '#tests/support/deciding.ts';
import {
  ACCOUNT_ENTRY,
  baseline,
  carriedOut,
  close,
  handEngine,
  NOW,
  observation,
  position,
} from '#tests/support/desk.ts';
import { memoryJournal } from '#tests/support/journal.ts';
import { toldOf } from '#tests/support/told.ts';

const DOCUMENT = new URL('../../docs/commands.md', import.meta.url);

/** The rows of the table: the question, what is pressed or typed, and what the answer has. */
function questions(): readonly (readonly [string, string, string])[] {
  const [, section = ''] = readFileSync(DOCUMENT, 'utf8').split('### Ten everyday questions');
  const rows =
    section
      .split('\n###')[0]
      ?.split('\n')
      .filter((line) => line.startsWith('| ')) ?? [];
  return rows.slice(1).map((row) => {
    const [, question = '', by = '', has = ''] = row.split('|').map((cell) => cell.trim());
    return [question, by, has];
  });
}

function context(options: Context['options'] = new Map()): Context {
  const clock = leapingClock(NOW);
  const journal = memoryJournal(clock);
  journal.append(ACCOUNT_ENTRY, baseline(100_000), ...carriedOut(decided()));
  journal.append(close('2026-11-20', 100_500, 605));
  const engine = handEngine(journal, clock);
  engine.see(observation({ positions: [position('XLK', 100)] }));
  return {
    engine,
    models: MODELS,
    commands: COMMANDS,
    asker: { id: 'i', name: 'ines', bot: false, roleIds: [], guildId: 'g', channelId: 'c' },
    options,
    discord: { connected: true, lagMs: 42, missing: [], owed: 0, problem: undefined },
    settings: [],
    now: { market: NOW, wall: NOW },
  };
}

/** One press on the dashboard. */
async function press(label: string): Promise<Post | undefined> {
  const button = DASHBOARD_BUTTONS.flatMap(({ components }) => components).find(
    (each) => 'label' in each && each.label === label,
  );
  const name = button && 'custom_id' in button ? button.custom_id : '';
  const found = find(COMMANDS, { kind: 'component', name });
  if (found?.kind !== 'component') throw new Error(`no button ${label}`);
  const { answer, update } = await found.component.run(context(), found.argument);
  return answer ?? update;
}

/** One command as it is typed: `/explain ticker:XLE`. */
async function type(text: string): Promise<Post> {
  const [name = '', ...given] = text.slice(1).split(' ');
  const command = COMMANDS.find(({ definition }) => definition.name === name);
  if (!command) throw new Error(`no command ${text}`);
  const options = new Map(given.map((each) => each.split(':') as [string, string]));
  return toldOf(await command.run(context(options), '')).post;
}

describe('ten everyday questions', () => {
  it('number ten', () => {
    expect(questions()).toHaveLength(10);
  });

  it.each(questions())('include %s, answered by %s alone', async (_, by, has) => {
    const command = /^`(.*)`$/.exec(by)?.[1];
    const post = command === undefined ? await press(by.replaceAll('*', '')) : await type(command);
    expect(JSON.stringify(post)).toContain(has);
  });
});
