import { describe, expect, it } from 'vitest';
import { createDeadMansSwitch } from '#ops/notify.ts';

const SECRET = 'https://hc.example/canary-uuid';

function deadMan(parts: { well?: () => boolean; ask?: (url: string) => Promise<number> } = {}) {
  const asked: string[] = [];
  const reports: string[] = [];
  const { well = () => true, ask = async () => 200 } = parts;
  const man = createDeadMansSwitch({
    url: SECRET,
    isHealthy: well,
    get: (url) => {
      asked.push(url);
      return ask(url);
    },
    report: (text) => reports.push(text),
  });
  return { man, asked, reports };
}

describe('the dead man’s switch', () => {
  it('is pinged only while all is well', async () => {
    let well = false;
    const { man, asked } = deadMan({ well: () => well });
    await man.ping();
    expect(asked).toEqual([]);
    well = true;
    await man.ping();
    expect(asked).toEqual([SECRET]);
    expect(man.sent()).toBe(1);
  });

  it('is pinged once per interval, even if it answers badly, and the error is logged once', async () => {
    const { man, asked, reports } = deadMan({ ask: () => Promise.reject(new TypeError(SECRET)) });
    for (let beat = 0; beat < 3; beat++) await man.ping();
    expect(asked).toHaveLength(3);
    expect(reports).toEqual(['HEARTBEAT_URL: no answer (TypeError)']);
    expect(man.sent()).toBe(0);
  });

  it('is not pinged again while a ping is unanswered', async () => {
    const { promise, resolve } = Promise.withResolvers<number>();
    const { man, asked } = deadMan({ ask: () => promise });
    const first = man.ping();
    await man.ping();
    expect(asked).toHaveLength(1);
    resolve(200);
    await first;
    await man.ping();
    expect(asked).toHaveLength(2);
  });

  it('did not receive a ping that it answered with an error', async () => {
    const { man, reports } = deadMan({ ask: async () => 404 });
    await man.ping();
    expect(man.sent()).toBe(0);
    expect(reports).toEqual(['HEARTBEAT_URL: answered 404']);
  });
});
