/** One row for each of Discord's limits: what is just allowed, and what is just refused. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { UNLIMITED } from '#sandbox/discord/rate-limits.ts';
import type { SandboxDiscord } from '#sandbox/discord/server.ts';
import { call, startDiscord } from './support.ts';

let discord: SandboxDiscord;
beforeAll(async () => {
  discord = await startDiscord({ rateLimits: UNLIMITED });
});
afterAll(() => discord.close());

const x = (length: number): string => 'x'.repeat(length);
const many = <T>(count: number, make: (index: number) => T): T[] =>
  Array.from({ length: count }, (_, index) => make(index));
const embed = (part: object) => ({ embeds: [part] });
const field = (name: string, value: string) => embed({ fields: [{ name, value }] });
const rows = (...list: object[]) => ({ content: 'x', components: list });
const row = (...parts: object[]) => ({ type: 1, components: parts });
const button = (id: string, label = 'Go') => ({ type: 2, style: 1, custom_id: id, label });
const option = (index: number) => ({ label: `o${index}`, value: `v${index}` });
const select = (part: object) => row({ type: 3, custom_id: 's', options: [option(0)], ...part });

const MESSAGES: readonly (readonly [limit: string, allowed: object, refused: object])[] = [
  ['content of 2000', { content: x(2000) }, { content: x(2001) }],
  ['a message that shows something', { content: 'x' }, { content: ' ' }],
  [
    '10 embeds',
    { embeds: many(10, () => ({ title: 'x' })) },
    { embeds: many(11, () => ({ title: 'x' })) },
  ],
  ['an embed that shows something', embed({ title: 'x' }), embed({ color: 1 })],
  ['a title of 256', embed({ title: x(256) }), embed({ title: x(257) })],
  ['a description of 4096', embed({ description: x(4096) }), embed({ description: x(4097) })],
  [
    '25 fields',
    embed({ fields: many(25, () => ({ name: 'x', value: 'x' })) }),
    embed({ fields: many(26, () => ({ name: 'x', value: 'x' })) }),
  ],
  ['a field name of 256', field(x(256), 'x'), field(x(257), 'x')],
  ['a field name that is not empty', field('x', 'x'), field('', 'x')],
  ['a field value of 1024', field('x', x(1024)), field('x', x(1025))],
  ['a field value that is not empty', field('x', 'x'), field('x', ' ')],
  [
    'a footer of 2048',
    embed({ title: 'x', footer: { text: x(2048) } }),
    embed({ title: 'x', footer: { text: x(2049) } }),
  ],
  [
    'an author of 256',
    embed({ title: 'x', author: { name: x(256) } }),
    embed({ title: 'x', author: { name: x(257) } }),
  ],
  [
    '6000 characters over all embeds',
    { embeds: [{ description: x(3000) }, { description: x(3000) }] },
    { embeds: [{ description: x(3000) }, { description: x(3000) }, { title: 'x' }] },
  ],
  [
    'a colour of 24 bits',
    embed({ title: 'x', color: 0xffffff }),
    embed({ title: 'x', color: 0x1000000 }),
  ],
  [
    'a picture from the web or a file',
    embed({ image: { url: 'attachment://a.png' } }),
    embed({ image: { url: 'file:///a.png' } }),
  ],
  [
    '5 rows',
    rows(...many(5, (index) => row(button(`b${index}`)))),
    rows(...many(6, (index) => row(button(`b${index}`)))),
  ],
  [
    '5 buttons in a row',
    rows(row(...many(5, (index) => button(`b${index}`)))),
    rows(row(...many(6, (index) => button(`b${index}`)))),
  ],
  [
    'a select that has its row alone',
    rows(select({})),
    rows(row(button('b'), { type: 3, custom_id: 's', options: [option(0)] })),
  ],
  ['a button label of 80', rows(row(button('b', x(80)))), rows(row(button('b', x(81))))],
  ['a custom id of 100', rows(row(button(x(100)))), rows(row(button(x(101))))],
  ['a custom id of 1', rows(row(button('b'))), rows(row(button('')))],
  [
    'custom ids of their own',
    rows(row(button('a'), button('b'))),
    rows(row(button('a'), button('a'))),
  ],
  [
    '25 select options',
    rows(select({ options: many(25, option) })),
    rows(select({ options: many(26, option) })),
  ],
  [
    'an option label of 100',
    rows(select({ options: [{ label: x(100), value: 'v' }] })),
    rows(select({ options: [{ label: x(101), value: 'v' }] })),
  ],
  [
    'a select placeholder of 150',
    rows(select({ placeholder: x(150) })),
    rows(select({ placeholder: x(151) })),
  ],
  ['a nonce of 25', { content: 'x', nonce: x(25) }, { content: 'x', nonce: x(26) }],
];

describe('a message', () => {
  it.each(MESSAGES)('is allowed %s and refused more', async (_limit, allowed, refused) => {
    const path = `/channels/${discord.channelId}/messages`;
    expect(await call(discord, 'POST', path, allowed)).toMatchObject({ status: 200 });
    const refusal = await call(discord, 'POST', path, refused);
    expect(refusal.status).toBe(400);
    expect([50035, 50006]).toContain((refusal.body as { code: number }).code);
  });

  it('reports each problem by its path', async () => {
    const body = embed({ fields: [{ name: 'ok', value: '' }] });
    const { body: refusal } = await call(
      discord,
      'POST',
      `/channels/${discord.channelId}/messages`,
      body,
    );
    expect(refusal).toEqual({
      code: 50035,
      message: 'Invalid Form Body',
      errors: {
        embeds: {
          0: {
            fields: {
              0: {
                value: {
                  _errors: [{ code: 'BASE_TYPE_REQUIRED', message: 'This field is required' }],
                },
              },
            },
          },
        },
      },
    });
  });

  it('may have a file of 10 MiB and not a byte more', async () => {
    const send = async (bytes: number): Promise<number> => {
      const form = new FormData();
      form.set('payload_json', '{}');
      form.set('files[0]', new Blob([new Uint8Array(bytes)]), 'a.bin');
      const url = `${discord.apiBase}/v10/channels/${discord.channelId}/messages`;
      const headers = { authorization: `Bot ${discord.token}` };
      return (await fetch(url, { method: 'POST', body: form, headers })).status;
    };
    expect(await send(10 * 1024 * 1024)).toBe(200);
    expect(await send(10 * 1024 * 1024 + 1)).toBe(413);
  });

  it('can be pinned 250 times in a channel', async () => {
    const other = await startDiscord({ rateLimits: UNLIMITED });
    const path = `/channels/${other.channelId}/messages`;
    const statuses: number[] = [];
    for (let index = 0; index <= 250; index++) {
      const { body } = await call(other, 'POST', path, { content: `${index}` });
      const { id } = body as { id: string };
      statuses.push((await call(other, 'PUT', `${path}/pins/${id}`)).status);
    }
    expect(new Set(statuses.slice(0, 250))).toEqual(new Set([204]));
    expect(statuses[250]).toBe(400);
    await other.close();
  });
});

const command = (part: object) => [{ name: 'ping', description: 'x', ...part }];
const text = (part: object) => ({ name: 'o', description: 'x', type: 3, ...part });
const options = (...list: object[]) => command({ options: list });
const choice = (index: number) => ({ name: `c${index}`, value: `v${index}` });

const COMMANDS: readonly (readonly [limit: string, allowed: object, refused: object])[] = [
  ['a name of 32', command({ name: x(32) }), command({ name: x(33) })],
  ['a lower-case name', command({ name: 'ping' }), command({ name: 'Ping' })],
  ['a name without spaces', command({ name: 'pi-ng' }), command({ name: 'pi ng' })],
  ['a description of 100', command({ description: x(100) }), command({ description: x(101) })],
  ['a description', command({}), command({ description: '' })],
  [
    '25 options',
    options(...many(25, (index) => text({ name: `o${index}` }))),
    options(...many(26, (index) => text({ name: `o${index}` }))),
  ],
  [
    'required options before others',
    options(text({ name: 'a', required: true }), text({ name: 'b' })),
    options(text({ name: 'b' }), text({ name: 'a', required: true })),
  ],
  [
    'options of their own names',
    options(text({ name: 'a' })),
    options(text({ name: 'a' }), text({ name: 'a' })),
  ],
  [
    '25 choices',
    options(text({ choices: many(25, choice) })),
    options(text({ choices: many(26, choice) })),
  ],
  [
    'a choice name of 100',
    options(text({ choices: [{ name: x(100), value: 'v' }] })),
    options(text({ choices: [{ name: x(101), value: 'v' }] })),
  ],
  [
    'choices or autocomplete',
    options(text({ choices: [choice(0)] })),
    options(text({ choices: [choice(0)], autocomplete: true })),
  ],
  [
    '8000 characters in all',
    options(
      text({ choices: many(25, (index) => ({ name: `${index}${x(70)}`, value: `${index}` })) }),
    ),
    options(
      ...many(4, (option) =>
        text({
          name: `o${option}`,
          choices: many(25, (index) => ({ name: `${index}${x(80)}`, value: `${index}` })),
        }),
      ),
    ),
  ],
  [
    '100 commands',
    many(100, (index) => ({ name: `c${index}`, description: 'x' })),
    many(101, (index) => ({ name: `c${index}`, description: 'x' })),
  ],
];

describe('a command', () => {
  it.each(COMMANDS)('is allowed %s and refused more', async (_limit, allowed, refused) => {
    const server = await startDiscord({ rateLimits: UNLIMITED });
    const path = `/applications/${server.applicationId}/guilds/${server.guildId}/commands`;
    expect(await call(server, 'PUT', path, allowed)).toMatchObject({ status: 200 });
    const refusal = await call(server, 'PUT', path, refused);
    expect(refusal).toMatchObject({ status: 400, body: { code: 50035 } });
    await server.close();
  });

  it('can be created 200 times a day', async () => {
    const server = await startDiscord({ rateLimits: UNLIMITED });
    const path = `/applications/${server.applicationId}/guilds/${server.guildId}/commands`;
    const batch = (name: string) =>
      many(100, (index) => ({ name: `${name}${index}`, description: 'x' }));
    expect((await call(server, 'PUT', path, batch('a'))).status).toBe(200);
    expect((await call(server, 'PUT', path, batch('b'))).status).toBe(200);
    expect((await call(server, 'PUT', path, batch('b'))).status).toBe(200);
    const refusal = await call(server, 'PUT', path, batch('c'));
    expect(refusal).toMatchObject({ status: 400, body: { code: 30034 } });
    await server.close();
  });

  it('keeps its id when it is registered again', async () => {
    const server = await startDiscord();
    const path = `/applications/${server.applicationId}/commands`;
    const first = await call(server, 'PUT', path, command({}));
    const second = await call(server, 'PUT', path, command({ description: 'new' }));
    const idOf = ({ body }: { body: unknown }) => (body as { id: string }[])[0]?.id;
    expect(idOf(second)).toBe(idOf(first));
    await server.close();
  });
});
