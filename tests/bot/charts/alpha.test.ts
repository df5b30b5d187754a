import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createCanvas, GlobalFonts, loadImage } from '@napi-rs/canvas';
import { describe, expect, it } from 'vitest';
import { toMessage } from '#bot/channel.ts';
import { alphaChart } from '#bot/charts/alpha.ts';
import { type Chart, FONT } from '#bot/charts/chart.ts';
import { createDraw } from '#bot/charts/draw.ts';
import { alphaPost } from '#bot/posts/alpha.ts';
import { sessionsIn } from '#core/domain/calendar.ts';
import { sessionDate } from '#core/domain/units.ts';
import type { AlphaView } from '#core/views/alpha.ts';
import { silentLog } from '#tests/support/log.ts';

function view(count: number): AlphaView {
  const days = sessionsIn(sessionDate('2015-01-02'), sessionDate('2026-11-20')).slice(0, count);
  const points = days.map(({ date }, index) => {
    const you = index * 0.001;
    const spy = Math.sin(index / 5) * 0.02;
    return { date, you, spy, alpha: you - spy };
  });
  return { mode: 'SANDBOX', accountNumber: 'PA3', source: 'sample data', points };
}

function chart(count = 40): Chart {
  const made = alphaChart(view(count));
  if (!made) throw new Error('expected a chart');
  return made;
}

/** Pixels of a region that are not background. */
async function inked(
  png: Uint8Array,
  [x, y, width, height]: readonly [number, number, number, number],
) {
  const image = await loadImage(Buffer.from(png));
  const canvas = createCanvas(image.width, image.height);
  const context = canvas.getContext('2d');
  context.drawImage(image, 0, 0);
  const { data } = context.getImageData(x, y, width, height);
  let count = 0;
  for (let at = 0; at < data.length; at += 4) {
    const far = Math.abs((data[at] ?? 0) - 0x2b) + Math.abs((data[at + 1] ?? 0) - 0x2d);
    if (far > 60) count += 1;
  }
  return { count, width: image.width, height: image.height };
}

const TITLE = [0, 0, 1100, 60] as const;

describe('the alpha chart', () => {
  it('is 1100 by 620 pixels, at most 10 MiB, with letters in it', async () => {
    const draw = createDraw(undefined);
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

  it('writes different letters for different words: the font is there', async () => {
    const draw = createDraw(undefined);
    const titled = async (text: string) => {
      const made = structuredClone(chart());
      const plugins = made.config.options?.plugins;
      if (plugins?.title) plugins.title.text = text;
      return (await inked(await draw(made), TITLE)).count;
    };
    expect(await titled('WWWW')).toBeGreaterThan((await titled('iiii')) * 2);
  });

  it('draws with the font that it carries, not with one of the host', () => {
    createDraw(undefined);
    expect(GlobalFonts.has(FONT)).toBe(true);
  });

  it('has no function in its config, so that a chart server reads the same', () => {
    expect(JSON.parse(JSON.stringify(chart().config))).toEqual(chart().config);
  });

  it('is not drawn from fewer than two points', () => {
    expect(alphaChart(view(1))).toBeUndefined();
    expect(alphaPost(view(1)).chart).toBeUndefined();
  });

  it('goes out as numbers when it cannot be drawn', async () => {
    const post = alphaPost(view(40));
    const message = await toMessage(post, () => Promise.reject(new Error('no server')), silentLog);
    expect(message.file).toBeUndefined();
    expect(message.embeds[0]?.description).toContain(post.chart?.alt);
    expect(message.embeds[0]?.image).toBeUndefined();
  });

  it('sends the same config to a chart server when one is set', async () => {
    const asked: string[] = [];
    const server = createServer((request, response) => {
      request.setEncoding('utf8').on('data', (part: string) => asked.push(part));
      request.on('end', () => response.end(Buffer.from('png')));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const png = await createDraw(`http://127.0.0.1:${port}`)(chart());
    server.close();
    const body = JSON.parse(asked.join(''));
    expect(Buffer.from(png).toString()).toBe('png');
    expect(body).toMatchObject({ version: '4', width: 550, height: 310, devicePixelRatio: 2 });
    expect(body.chart).toContain('Alpha against SPY');
  });
});
