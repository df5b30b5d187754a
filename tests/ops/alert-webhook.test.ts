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

describe('the alert webhook', () => {
  it('sends a body that Discord accepts, mentions nobody and holds no secret', async () => {
    await supervisor().send(`@everyone Rotor ended with 1: canary-token ${URL}`);
    expect(sent.map(({ url }) => url)).toEqual([URL]);
    const body = JSON.parse(sent[0]?.body ?? '');
    expect(body.allowed_mentions).toEqual({ parse: [] });
    expect(body.content).toBe('@everyone Rotor ended with 1: [secret] [secret]');
  });

  it('sends the same text once in fifteen minutes, across restarts', async () => {
    for (let start = 0; start < 5; start++) await supervisor().send('again');
    await supervisor().send('safe');
    expect(sent).toHaveLength(2);
    now += REPEAT_AFTER_MS;
    await supervisor().send('again');
    expect(sent).toHaveLength(3);
  });

  it('sends the text again to a new address', async () => {
    await supervisor().send('again');
    await supervisor('https://hooks.example/another').send('again');
    expect(sent).toHaveLength(2);
  });

  it('limits the number of messages, however the texts differ', async () => {
    for (let start = 0; start < 50; start++) await supervisor().send(`crash ${start}`);
    expect(sent).toHaveLength(MAX_MESSAGES);
    now += REPEAT_AFTER_MS;
    await supervisor().send('crash 50');
    expect(sent).toHaveLength(MAX_MESSAGES + 1);
  });

  it('cuts texts to Discord’s limit', async () => {
    await supervisor().send('x'.repeat(100_000));
    expect(JSON.parse(sent[0]?.body ?? '').content.length).toBeLessThan(2_000);
  });

  it('reports a failure without its address and continues', async () => {
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

  it('sends nothing if no address is set', async () => {
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
