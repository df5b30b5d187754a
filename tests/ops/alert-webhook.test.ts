import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createAtomicJsonFile } from '#ops/json-file.ts';
import { createScrubber } from '#ops/log.ts';
import { createAlertWebhook, MAX_MESSAGES, REPEAT_AFTER_MS, sentRecord } from '#ops/notify.ts';

const URL = 'https://hooks.example/canary-hook';
let folder = '';
let now = 1_000_000_000;
let sent: { url: string; body: string }[] = [];
let reports: string[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'rotor-supervisor-'));
  [sent, reports] = [[], []];
});

afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

function supervisor(url: string | undefined = URL, answer: () => number = () => 204) {
  const report = (text: string): void => void reports.push(text);
  return createAlertWebhook({
    url,
    file: createAtomicJsonFile(join(folder, 'supervisor.json'), sentRecord, report),
    now: () => now,
    scrub: createScrubber(['canary-token', URL]),
    post: async (to, body) => {
      sent.push({ url: to, body });
      return answer();
    },
    report,
  });
}

describe('the word to somebody outside', () => {
  it('is what a Discord webhook takes, mentions nobody and holds no secret', async () => {
    await supervisor().send(`@everyone Rotor ended with 1: canary-token ${URL}`);
    expect(sent.map(({ url }) => url)).toEqual([URL]);
    const body = JSON.parse(sent[0]?.body ?? '');
    expect(body.allowed_mentions).toEqual({ parse: [] });
    expect(body.content).toBe('@everyone Rotor ended with 1: [secret] [secret]');
  });

  it('is said once in fifteen minutes, over restarts, and each text for itself', async () => {
    for (let start = 0; start < 5; start++) await supervisor().send('again');
    await supervisor().send('safe');
    expect(sent).toHaveLength(2);
    now += REPEAT_AFTER_MS;
    await supervisor().send('again');
    expect(sent).toHaveLength(3);
  });

  it('is said to a new address all the same', async () => {
    await supervisor().send('again');
    await supervisor('https://hooks.example/another').send('again');
    expect(sent).toHaveLength(2);
  });

  it('is bounded, however the texts differ', async () => {
    for (let start = 0; start < 50; start++) await supervisor().send(`crash ${start}`);
    expect(sent).toHaveLength(MAX_MESSAGES);
    now += REPEAT_AFTER_MS;
    await supervisor().send('crash 50');
    expect(sent).toHaveLength(MAX_MESSAGES + 1);
  });

  it('is no longer than Discord takes', async () => {
    await supervisor().send('x'.repeat(100_000));
    expect(JSON.parse(sent[0]?.body ?? '').content.length).toBeLessThan(2_000);
  });

  it('that fails is reported without its address and ends nothing', async () => {
    const silent = supervisor(URL, () => {
      throw new TypeError(`fetch failed ${URL}`);
    });
    await silent.send('text');
    now += REPEAT_AFTER_MS;
    await supervisor(URL, () => 404).send('text');
    expect(reports).toEqual([
      'SUPERVISOR_WEBHOOK_URL: TypeError',
      'SUPERVISOR_WEBHOOK_URL: answered 404',
    ]);
  });

  it('is said to nobody where no address is set', async () => {
    await createAlertWebhook({
      url: undefined,
      file: createAtomicJsonFile(join(folder, 'supervisor.json'), sentRecord, () => undefined),
      now: () => now,
      scrub: (text) => text,
      post: async () => {
        sent.push({ url: '', body: '' });
        return 204;
      },
      report: () => undefined,
    }).send('text');
    expect(sent).toEqual([]);
  });
});
