/** What must come of a press, held against what breaks it. */
import { describe, expect, it } from 'vitest';
import type { Request } from '#bot/interactions/request.ts';
import type { Router } from '#bot/interactions/router.ts';
import { checkTaken } from './years/discord-people.ts';
import type { Faults } from './years/faults.ts';
import { createPresses } from './years/presses.ts';

describe('a press', () => {
  it('is taken twice where it has two answers, unless both say that it failed', () => {
    const broken: string[] = [];
    const report = (law: string): void => void broken.push(law);
    const failed = '{"description":"That failed unexpectedly. The log has the details."}';
    checkTaken(report, ['■ HALT']);
    checkTaken(report, [failed, failed]);
    expect(broken).toEqual([]);
    checkTaken(report, ['■ HALT', '■ HALT']);
    expect(broken).toEqual(['press taken twice']);
  });

  it('that is delivered to a process which dies has no answer', async () => {
    const answers = async (isDead: boolean): Promise<readonly string[]> => {
      let heard: readonly string[] = [];
      const router = {
        handle: (request: Request) => request.reply('done' as never, 'asker'),
      } as unknown as Router;
      const faults = { on: () => undefined } as unknown as Faults;
      const to = { router, fuse: { isDead: () => isDead } };
      const by = { id: '1', name: 'ines', role: undefined };
      void createPresses(faults)
        .press(to, { by, kind: 'command', name: 'halt' }, 2)
        .then((each) => {
          heard = each;
        });
      await new Promise(setImmediate);
      return heard;
    };
    expect(await answers(false)).toEqual(['done', 'done']);
    expect(await answers(true)).toEqual([]);
  });
});
