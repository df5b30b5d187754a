import { describe, expect, it } from 'vitest';
import { ChannelClosed } from '#bot/discord/channel.ts';
import type { Context } from '#bot/interactions/command.ts';
import { createDashboardThread } from '#bot/messages/dashboard-thread.ts';
import { createDeliver } from '#bot/messages/deliver.ts';
import { createMessageStore } from '#bot/messages/message-store.ts';
import { toMessage } from '#bot/messages/render-message.ts';
import { exportNotice, exportPosts } from '#bot/posts/export.ts';
import { exportCommand } from '#commands/export.ts';
import { COMMANDS } from '#commands/list.ts';
import { always, maybe, tableOf } from '#core/domain/table.ts';
import { epochMs } from '#core/domain/units.ts';
import { tableCsv } from '#core/views/table-csv.ts';
import { MODELS } from '#models/list.ts';
import { handChannel } from '#tests/support/channel.ts';
import { leapingClock } from '#tests/support/clock.ts';
import { handEngine, memoryPosts, NOW } from '#tests/support/desk.ts';
import { memoryJournal } from '#tests/support/journal.ts';
import { silentLog } from '#tests/support/log.ts';
import { answering } from '#tests/support/studies.ts';
import { told } from '#tests/support/told.ts';

const FILES = [
  { name: 'orders.csv', text: 'id\r\n1\r\n', rows: 1 },
  { name: 'fills.csv', text: 'id\r\n', rows: 0 },
];

/** `/export` over channels by hand: direct messages are `d1`, the dashboard's thread is `t9`. */
function desk() {
  const [channel, posts, clock] = [handChannel(), memoryPosts(), leapingClock(NOW)];
  posts.save('header', { channelId: 'c1', messageId: '9', contentHash: 'x' });
  const draw = async (): Promise<Uint8Array> => Uint8Array.of(1);
  const log = silentLog;
  const messageStore = createMessageStore({
    channel,
    posts,
    draw,
    log,
    journalCreatedAt: () => 'b',
  });
  const deliver = createDeliver({
    direct: async () => channel.at('d1'),
    thread: createDashboardThread({ posts, messageStore }),
    drawn: (post) => toMessage(post, draw, log),
  });
  const context = (options: Record<string, string>): Context => ({
    engine: handEngine(memoryJournal(clock), clock),
    models: MODELS,
    commands: COMMANDS,
    asker: { id: '7', name: 'ines', bot: false, roleIds: [], guildId: 'g', channelId: 'c1' },
    options: new Map(Object.entries(options)),
    discord: { connected: true, lagMs: 1, missing: [], owed: 0, problem: undefined },
    settings: [],
    studies: answering({ export: { kind: 'export', files: FILES } }),
    deliver,
    now: { market: NOW, wall: NOW },
  });
  const run = async (options: Record<string, string> = {}) =>
    (await (await told(exportCommand, context(options))).later)?.content;
  return { channel, run };
}

describe('/export', () => {
  it('sends every file in one direct message', async () => {
    const { channel, run } = desk();
    expect(await run()).toBe('The files are in your direct messages.');
    const [message, ...more] = channel.in('d1');
    expect(message?.documents?.map(({ name }) => name)).toEqual(['orders.csv', 'fills.csv']);
    expect(more).toEqual([]);
    expect(channel.in('c1')).toEqual([]);
  });

  it('sends them to the dashboard’s thread if requested', async () => {
    const { channel, run } = desk();
    expect(await run({ to: 'thread' })).toBe('The files are in the thread of the dashboard.');
    expect(channel.in('t9')).toHaveLength(1);
  });

  it('says so if direct messages are closed', async () => {
    const { channel, run } = desk();
    channel.failures.push(new ChannelClosed('d1', 'Cannot send messages to this user'));
    expect(await run()).toBe('Your direct messages are closed. Open them, or choose the thread.');
  });

  it('omits and names files above Discord’s limit, and splits the rest over messages', () => {
    const of = (name: string, megabytes: number) =>
      ({ name, text: 'x'.repeat(megabytes * 1_048_576), rows: 1 }) as const;
    const files = [of('a.csv', 6), of('b.csv', 5), of('c.csv', 11), of('d.csv', 1)];
    const names = exportPosts(files, 'PAPER').map((post) => post.files?.map(({ name }) => name));
    expect(names).toEqual([['a.csv'], ['b.csv', 'd.csv']]);
    expect(exportNotice(files, 'direct', 'sent').content).toBe(
      'The files are in your direct messages.\n' +
        'c.csv has 11.0 MB, and Discord takes 10: `rotor export` writes it.',
    );
  });
});

describe('a table as CSV', () => {
  it('is quoted where necessary, has instants in UTC, and lets no text be a formula', () => {
    const table = tableOf<{ readonly name: string; readonly at: number | undefined }>(
      'x',
      {
        name: always('text', ({ name }) => name),
        at: maybe('instant', ({ at }) => (at === undefined ? undefined : epochMs(at))),
      },
      [
        { name: 'a "b", c', at: 0 },
        { name: '=1+1', at: undefined },
      ],
    );
    expect(tableCsv(table)).toBe('name,at\r\n"a ""b"", c",1970-01-01T00:00:00.000Z\r\n\'=1+1,\r\n');
  });
});
