/** A deposit and its buttons through the real discord.js and the sandbox's Discord. */
import { afterEach, describe, expect, it } from 'vitest';
import { cents } from '#core/domain/units.ts';
import type { PersonKey } from '#sandbox/discord/world.ts';
import {
  eventually,
  type HandHouse,
  handHouse,
  messagesIn,
  titleOf,
  titlesIn,
} from '#tests/support/bot-house.ts';
import { decided } from '#tests/support/deciding.ts';
import { baseline, carriedOut, NOW } from '#tests/support/desk.ts';
import { SAMPLES } from '#tests/support/entries.ts';

let open: HandHouse | undefined;
afterEach(async () => {
  await open?.close();
  open = undefined;
});

const cardOf = (house: HandHouse) =>
  messagesIn(house).find((each) => titleOf(each) === 'Account: deposit');
const wordsOf = (house: HandHouse): string => String(cardOf(house)?.embeds[0]?.['description']);
const buttonsOf = (house: HandHouse): string => JSON.stringify(cardOf(house)?.components);
const plans = (house: HandHouse): number => house.journal.book().proposals.size;

/** A desk in whose account $5,000 arrived. */
async function started(): Promise<HandHouse> {
  const house = await handHouse();
  open = house;
  house.journal.append(baseline());
  await house.open({ approverRoleId: house.discord.roles.approver });
  await eventually(house, () => titlesIn(house).length).toBe(3);
  const { activity } = SAMPLES.activity as Extract<
    (typeof SAMPLES)['activity'],
    { kind: 'activity' }
  >;
  const { ticker: _none, ...cash } = activity;
  house.journal.append({
    kind: 'activity',
    activity: {
      ...cash,
      ticker: undefined,
      id: 'd1',
      kind: 'deposit',
      cash: cents(500_000),
      at: NOW,
    },
  });
  await eventually(house, () => wordsOf(house)).toContain('unless an approver invests it now');
  return house;
}

function press(house: HandHouse, user: PersonKey, choice: 'now' | 'later') {
  const messageId = cardOf(house)?.id ?? '';
  return house.discord.act.press({ user, messageId, customId: `deposit:${choice}:d1` });
}

describe('a deposit', () => {
  it('is invested by a plan that needs approval, once however often the button is pressed', async () => {
    const house = await started();
    const pressed = [press(house, 'approver', 'now'), press(house, 'approver', 'now')];
    await Promise.all(pressed.map(({ first }) => first));
    await eventually(house, () => wordsOf(house)).toContain('asked for a plan');
    await eventually(house, () => house.posts.find('proposal:p1')?.messageId ?? '').not.toBe('');
    expect(buttonsOf(house)).not.toContain('deposit:');
    expect(plans(house)).toBe(1);
    const plan = messagesIn(house).find(
      ({ id }) => id === house.posts.find('proposal:p1')?.messageId,
    );
    expect(JSON.stringify(plan?.components)).toContain('rebalance:approve:p1');
    expect(house.engine.answers).toEqual([]);
  });

  it('is kept for the next rebalance when somebody chooses so', async () => {
    const house = await started();
    await press(house, 'approver', 'later').first;
    await eventually(house, () => wordsOf(house)).toContain('Left for the next rebalance by');
    expect([buttonsOf(house).includes('deposit:'), plans(house)]).toEqual([false, 0]);
  });

  it('is no longer offered once anything was decided, without a press', async () => {
    const house = await started();
    house.journal.append(...carriedOut(decided()));
    await eventually(house, () => buttonsOf(house).includes('deposit:')).toBe(false);
  });

  it('cannot be invested by operators', async () => {
    const house = await started();
    await press(house, 'operator', 'now').first;
    house.pace.advance(5_000);
    expect([plans(house), house.journal.book().deposits.get('d1')?.choice]).toEqual([0, undefined]);
  });
});
