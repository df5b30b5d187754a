import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createSupervisor, MOST_MESSAGES, QUIET_MS, toldRecord } from '#ops/alert-webhook.ts';
import { createSmallFile } from '#ops/json-file.ts';
import { createScrubber } from '#ops/log.ts';

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
  return createSupervisor({
    url,
    file: createSmallFile(join(folder, 'supervisor.json'), toldRecord, report),
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
    await supervisor().tell(`@everyone Rotor ended with 1: canary-token ${URL}`);
    expect(sent.map(({ url }) => url)).toEqual([URL]);
    const body = JSON.parse(sent[0]?.body ?? '');
    expect(body.allowed_mentions).toEqual({ parse: [] });
    expect(body.content).toBe('@everyone Rotor ended with 1: [secret] [secret]');
  });

  it('is said once in fifteen minutes, over restarts, and each text for itself', async () => {
    for (let start = 0; start < 5; start++) await supervisor().tell('again');
    await supervisor().tell('safe');
    expect(sent).toHaveLength(2);
    now += QUIET_MS;
    await supervisor().tell('again');
    expect(sent).toHaveLength(3);
  });

  it('is said to a new address all the same', async () => {
    await supervisor().tell('again');
    await supervisor('https://hooks.example/another').tell('again');
    expect(sent).toHaveLength(2);
  });

  it('is bounded, however the texts differ', async () => {
    for (let start = 0; start < 50; start++) await supervisor().tell(`crash ${start}`);
    expect(sent).toHaveLength(MOST_MESSAGES);
    now += QUIET_MS;
    await supervisor().tell('crash 50');
    expect(sent).toHaveLength(MOST_MESSAGES + 1);
  });

  it('is no longer than Discord takes', async () => {
    await supervisor().tell('x'.repeat(100_000));
    expect(JSON.parse(sent[0]?.body ?? '').content.length).toBeLessThan(2_000);
  });

  it('that fails is reported without its address and ends nothing', async () => {
    const silent = supervisor(URL, () => {
      throw new TypeError(`fetch failed ${URL}`);
    });
    await silent.tell('text');
    now += QUIET_MS;
    await supervisor(URL, () => 404).tell('text');
    expect(reports).toEqual([
      'SUPERVISOR_WEBHOOK_URL: TypeError',
      'SUPERVISOR_WEBHOOK_URL: answered 404',
    ]);
  });

  it('is said to nobody where no address is set', async () => {
    await createSupervisor({
      url: undefined,
      file: createSmallFile(join(folder, 'supervisor.json'), toldRecord, () => undefined),
      now: () => now,
      scrub: (text) => text,
      post: async () => {
        sent.push({ url: '', body: '' });
        return 204;
      },
      report: () => undefined,
    }).tell('text');
    expect(sent).toEqual([]);
  });
});
