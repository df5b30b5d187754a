import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { GlobalFonts } from '@napi-rs/canvas';
import { describe, expect, it } from 'vitest';
import { alphaChart } from '#bot/charts/alpha.ts';
import { type Chart, COLOURS, FONT, NARROW_FONT } from '#bot/charts/chart.ts';
import { createDraw } from '#bot/charts/draw.ts';
import { prepare } from '#bot/charts/render.ts';
import { toMessage } from '#bot/messages/render-message.ts';
import { alphaPost } from '#bot/posts/alpha.ts';
import { sessionsIn } from '#core/domain/calendar.ts';
import { sessionDate } from '#core/domain/units.ts';
import type { AlphaView } from '#core/views/alpha.ts';
import { silentLog } from '#tests/support/log.ts';
import { drawn, expectNumbers, HANG_MS, made, sessions } from './common.ts';
import { pixelsOf, type Region } from './pixels.ts';

/** Begins as every PNG does. */
const PNG = Buffer.from('89504e470d0a1a0a', 'hex');

function view(count: number): AlphaView {
  const days = sessionsIn(sessionDate('2015-01-02'), sessionDate('2026-11-20')).slice(0, count);
  const points = days.map(({ date }, index) => {
    const you = index * 0.001;
    const spy = Math.sin(index / 5) * 0.02;
    return { date, you, spy, alpha: you - spy };
  });
  return {
    mode: 'SANDBOX',
    accountNumber: 'PA3',
    source: 'sample data',
    points,
    hasDividends: true,
  };
}

function curve(returns: readonly (readonly [number, number])[]): AlphaView['points'] {
  return sessions(returns.length).map((date, index) => {
    const [you, spy] = returns[index] ?? [0, 0];
    return { date, you, spy, alpha: you - spy };
  });
}

function chart(count = 40): Chart {
  const made = alphaChart(view(count));
  if (!made) throw new Error('expected a chart');
  return made;
}

/** Pixels of a region that are not background. */
async function inked(png: Uint8Array, region: Region) {
  const pixels = await pixelsOf(png);
  return { count: pixels.inked(region), width: pixels.width, height: pixels.height };
}

const TITLE = [0, 0, 1100, 60] as const;

describe('the alpha chart', () => {
  it('is 1100 by 620 pixels, at most 10 MiB, and contains text', async () => {
    const draw = createDraw(undefined, HANG_MS);
    const png = await draw(chart());
    expect(png.length).toBeLessThan(10 * 1024 * 1024);
    const titled = await inked(png, TITLE);
    expect([titled.width, titled.height]).toEqual([1100, 620]);
    const bare = structuredClone(chart());
    const plugins = bare.config.options?.plugins;
    if (plugins?.title) plugins.title.text = '';
    const untitled = await inked(await draw(bare), TITLE);
    expect(titled.count).toBeGreaterThan(untitled.count + 500);
  });

  it('draws different glyphs for different words, so the font is loaded', async () => {
    const draw = createDraw(undefined, HANG_MS);
    const titled = async (text: string) => {
      const made = structuredClone(chart());
      const plugins = made.config.options?.plugins;
      if (plugins?.title) plugins.title.text = text;
      return (await inked(await draw(made), TITLE)).count;
    };
    expect(await titled('WWWW')).toBeGreaterThan((await titled('iiii')) * 2);
  });

  it('is drawn once for all simultaneous requests', async () => {
    const draw = createDraw(undefined, HANG_MS);
    expect(draw(chart())).toBe(draw(chart()));
    const [one, other] = await Promise.all([draw(chart()), draw({ ...chart(), alt: 'other' })]);
    expect([one.length > 1_000, other.length]).toEqual([true, one.length]);
  });

  it('can fail to draw without affecting the next one', async () => {
    const draw = createDraw(undefined, HANG_MS);
    const broken = { ...chart(), height: 'tall' } as unknown as Chart;
    await expect(draw(broken)).rejects.toThrow();
    expect((await draw(chart())).length).toBeGreaterThan(1_000);
  });

  it('uses its own font, not one of the host', () => {
    prepare();
    expect([FONT, NARROW_FONT].filter((font) => !GlobalFonts.has(font))).toEqual([]);
  });

  it('has no function in its config, so that a chart server reads the same', () => {
    expect(JSON.parse(JSON.stringify(chart().config))).toEqual(chart().config);
  });

  it('has the numbers that it is drawn from as text', () => {
    const points = curve([
      [0, 0],
      [0.1234, -0.0567],
    ]);
    expectNumbers(made(alphaChart({ points })).alt, [0.1234, -0.0567, 0.1801]);
  });

  it('marks both points of a first day, and labels the day once', async () => {
    const [date] = sessions(1);
    const points = curve([
      [0, 0],
      [0.0034, -0.0011],
    ]).map((point) => ({ ...point, date: date ?? point.date }));
    const first = made(alphaChart({ points }));
    expect(first.config.data.labels).toEqual([date, '']);
    expect(first.config.data.datasets[0]).toMatchObject({ pointRadius: 4 });
    await drawn(first);
  });

  it('draws a flat line through the middle, on an axis that is not empty', async () => {
    const pixels = await drawn(made(alphaChart({ points: curve(Array(30).fill([0, 0])) })));
    expect(pixels.near(COLOURS.you, [200, 280, 850, 100])).toBeGreaterThan(2_000);
  });

  it('keeps the day of a crash in ten years, at its position in time', async () => {
    const points = curve(
      Array.from({ length: 2500 }, (_, index) => [index === 1234 ? -0.6 : 0.1, index / 5000]),
    );
    const long = made(alphaChart({ points }));
    const data = long.config.data.datasets[0]?.data ?? [];
    expect(data.length).toBeLessThanOrEqual(401);
    expect(data).toContainEqual({ x: 1234, y: -0.6 });
    expect(data.at(-1)).toEqual({ x: 2499, y: 0.1 });
    expect(long.config.data.labels).toHaveLength(2500);
    await drawn(long);
  });

  it('shows very large gains and total losses', async () => {
    await drawn(
      made(
        alphaChart({
          points: curve([
            [0, 0],
            [9e6, 1],
            [12_345.678, -1],
          ]),
        }),
      ),
    );
    await drawn(
      made(
        alphaChart({
          points: curve([
            [0, 0],
            [-1, -1],
          ]),
        }),
      ),
    );
  });

  it('is green where the account is ahead and red where it is behind', async () => {
    const filled = async (you: number) => {
      const points = curve([
        [0, 0],
        [you, 0],
      ]);
      const pixels = await drawn(made(alphaChart({ points })));
      return [pixels.near('#2C6549'), pixels.near('#6E3835')];
    };
    const [ahead, behind] = [await filled(0.1), await filled(-0.1)];
    expect(ahead[0]).toBeGreaterThan(10_000);
    expect(ahead[1]).toBe(0);
    expect(behind[0]).toBe(0);
    expect(behind[1]).toBeGreaterThan(10_000);
  });

  it('is not drawn for fewer than two points', () => {
    expect(alphaChart(view(1))).toBeUndefined();
    expect(alphaPost(view(1)).chart).toBeUndefined();
  });

  it('is replaced by its numbers when it cannot be drawn', async () => {
    const post = alphaPost(view(40));
    const message = await toMessage(post, () => Promise.reject(new Error('no server')), silentLog);
    expect(message.file).toBeUndefined();
    expect(message.embeds[0]?.description).toContain(post.chart?.alt);
    expect(message.embeds[0]?.image).toBeUndefined();
  });

  const toPicture = { location: '/picture' };

  it.each([
    ['a page', (reply: ServerResponse) => reply.end('<html>'), 'no PNG'],
    ['an error', (reply: ServerResponse) => reply.writeHead(500).end(PNG), 'answered 500'],
    ['elsewhere', (reply: ServerResponse) => reply.writeHead(302, toPicture).end(), 'fetch'],
    [
      'too much',
      (reply: ServerResponse) => reply.end(Buffer.alloc(9_000_000, PNG)),
      'over 4000000',
    ],
  ])('accepts no image from a chart server that answers with %s', async (_name, reply, words) => {
    const server = createServer((request, response) => {
      const isMoved = request.url === toPicture.location;
      request.resume().on('end', () => (isMoved ? response.end(PNG) : reply(response)));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    await expect(createDraw(`http://127.0.0.1:${port}`, HANG_MS)(chart())).rejects.toThrow(words);
    server.closeAllConnections();
    server.close();
  });

  it('sends the same config to a chart server when one is set', async () => {
    const asked: string[] = [];
    const server = createServer((request, response) => {
      request.setEncoding('utf8').on('data', (part: string) => asked.push(part));
      request.on('end', () => response.end(PNG));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const png = await createDraw(`http://127.0.0.1:${port}`, HANG_MS)(chart());
    server.close();
    const body = JSON.parse(asked.join(''));
    expect(Buffer.from(png)).toEqual(PNG);
    expect(body).toMatchObject({ version: '4', width: 550, height: 310, devicePixelRatio: 2 });
    expect(body.chart).toContain('Alpha against SPY');
    expect(body.chart).not.toContain('function');
  });
});
