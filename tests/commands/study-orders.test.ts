/** What-ifs and backtests ask the broker nothing and order nothing. */
import { describe, expect, it } from 'vitest';
import type { Context } from '#bot/interactions/command.ts';
import { whatIf } from '#commands/what-if.ts';
import { mulberry32 } from '#core/evidence/random.ts';
import { MODELS } from '#models/list.ts';
import { createStudies } from '#src/studies/create-studies.ts';
import { runStudy } from '#src/studies/run-study.ts';
import { market } from '#tests/support/bars.ts';
import { NOW } from '#tests/support/desk.ts';
import { running } from '#tests/support/world.ts';

/** `WHAT_IFS=10000 npx vitest run tests/commands/study-orders.test.ts --testTimeout=3600000` for long. */
const TRIES = Number(process.env['WHAT_IFS'] ?? 200);

describe('random what-ifs during trading', () => {
  it('send no request and no order to the broker, and are counted', async () => {
    const made = await running({ models: MODELS });
    const { engine, parts } = made;
    const { limits, rules } = parts;
    const place = { stateDir: '/nowhere', code: 'c', rules: { limits, rules, acceptedMoves: [] } };
    const studies = createStudies(place, async (asked) => runStudy(asked.request, asked.place));
    const bars = market({ XLK: 0.2, XLE: 0.1 }, { count: 640 });
    const draw = mulberry32(7);
    const [posted, before] = [made.posted().length, made.book().seq];
    let calls = 0;
    const names = [
      'account',
      'positions',
      'clock',
      'latestPrices',
      'openOrders',
      'submit',
    ] as const;
    for (const name of names) {
      const own = made.broker[name].bind(made.broker) as (...given: unknown[]) => never;
      made.answers[name] = (...given: unknown[]) => {
        calls += 1;
        return own(...given);
      };
    }
    for (let count = 0; count < TRIES; count++) {
      const options = new Map<string, string | number | boolean>([
        ['lookback', 1 + Math.floor(draw() * 250)],
        ['top', 1 + Math.floor(draw() * 11)],
        ['cap', 1 + Math.floor(draw() * 100)],
        ['reserve', Math.floor(draw() * 200_000)],
        ['skip', draw() < 0.1],
      ]);
      const context: Context = {
        engine: { ...engine, bars: () => bars },
        ...{ models: MODELS, commands: [], options, settings: [], studies },
        asker: { id: 'i', name: 'ines', bot: false, roleIds: [], guildId: 'g', channelId: 'c' },
        discord: { connected: true, lagMs: 1, missing: [], owed: 0, problem: undefined },
        now: { market: NOW, wall: NOW },
      };
      const answer = await whatIf.run(context, '');
      if ('form' in answer) throw new Error('expected words');
      await answer.later;
    }
    expect([calls, made.posted().length]).toEqual([0, posted]);
    const added = parts.journal.since(before, 2 * TRIES).map(({ entry }) => entry.kind);
    expect(new Set(added)).toEqual(new Set(['tried']));
    expect(added.length).toBeGreaterThan(TRIES / 2);
  });
});
