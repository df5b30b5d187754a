/** The wall and its messages over the real discord.js, in time that the test drives. */

import { afterEach, describe, expect, it } from 'vitest';
import { parseSubject } from '#core/domain/alert.ts';
import { epochMs } from '#core/domain/units.ts';
import {
  driven,
  eventually,
  type HandHouse,
  handHouse,
  messagesIn,
  titlesIn,
} from '#tests/support/bot-house.ts';
import { account, alert, baseline, observation } from '#tests/support/desk.ts';

let house: HandHouse;
afterEach(() => house.close());

const headers = () => messagesIn(house).filter(({ content }) => content.startsWith('ROTOR |'));
const pinned = () => house.discord.store.pinnedIn(house.discord.channelId).map(({ id }) => id);

async function started(): Promise<void> {
  house = await handHouse();
  house.journal.append(baseline());
  await house.open();
  await eventually(house, () => pinned()).toHaveLength(1);
  await eventually(house, () => titlesIn(house)).toHaveLength(3);
}

describe('the header', () => {
  it('is one message after 1,000 updates and 5 restarts', async () => {
    house = await handHouse();
    house.journal.append(baseline());
    for (let start = 0; start < 5; start++) {
      const bot = await house.open();
      await eventually(house, () => headers()[0]?.content).toContain('| HEALTHY |');
      for (let update = 1; update <= 200; update++) {
        const usd = 100_000 + start * 1_000 + update;
        house.engine.see(observation({ account: account(usd) }));
        house.pace.advance(15_000);
        if (update % 20 > 0) continue;
        const text = `$${usd.toLocaleString('en-US')}.00`;
        await eventually(house, () => JSON.stringify(headers()[0]?.embeds), 5_000).toContain(text);
      }
      await driven(house.pace, bot.stop('deploy'));
      expect(headers()).toHaveLength(1);
    }
    expect(pinned()).toEqual([headers()[0]?.id]);
    expect(titlesIn(house)).toHaveLength(3);
  });

  it('is pinned again within seconds when somebody unpins it', async () => {
    await started();
    const [id = ''] = pinned();
    house.discord.act.unpin({ messageId: id });
    await eventually(house, () => pinned()).toEqual([id]);
    expect(headers()).toHaveLength(1);
  });

  it('is posted again within seconds when somebody deletes it, even that of an earlier run', async () => {
    await started();
    await house.close();
    const again = await handHouse();
    house = again;
    house.journal.append(baseline());
    const first = await house.open();
    await eventually(house, () => pinned()).toHaveLength(1);
    await driven(house.pace, first.stop('deploy'));
    await house.open();
    await eventually(house, () => headers()[0]?.content).toContain('| HEALTHY |');
    const [id = ''] = pinned();
    house.discord.act.deleteMessage({ messageId: id });
    await eventually(house, () => pinned()).not.toContain(id);
    await eventually(house, () => pinned()).toHaveLength(1);
    expect(headers()).toHaveLength(1);
  });

  it('is found missing within minutes when Discord never reported it', async () => {
    await started();
    const [id = ''] = pinned();
    house.discord.store.removeMessage(id);
    expect(headers()).toHaveLength(0);
    house.pace.advance(5 * 60_000);
    await eventually(house, () => headers()).toHaveLength(1);
  });

  it('needs no request while nothing changes', async () => {
    await started();
    const writes = () => house.requests.filter((request) => !request.startsWith('GET')).length;
    const before = writes();
    for (let minute = 0; minute < 60; minute++) {
      house.engine.see(observation());
      await driven(house.pace, Promise.resolve(), 60_000);
    }
    expect(writes()).toBe(before);
  });
});

describe('500 equal errors in ten minutes', () => {
  it('are one message that counts them, and one resolution', async () => {
    await started();
    const sends = () => house.requests.filter((each) => /^POST .*messages$/.test(each)).length;
    const before = sends();
    for (let count = 0; count < 500; count++) {
      house.journal.append({ kind: 'alert', alert: alert() });
      house.pace.advance(1_200);
      if (count % 50 === 0) await eventually(house, () => titlesIn(house)).toHaveLength(4);
    }
    await eventually(house, () => JSON.stringify(messagesIn(house)[3]?.embeds)).toContain(
      'Seen 500 times, last <t:',
    );
    house.journal.append({
      kind: 'resolved',
      subject: parseSubject('broker'),
      text: 'it answers again',
    });
    await eventually(house, () => titlesIn(house)[3]).toBe('✓ Resolved · broker away');
    expect([titlesIn(house).length, sends() - before]).toEqual([4, 1]);
    expect(house.pace.now()).toBeGreaterThan(epochMs(0));
  });
});
