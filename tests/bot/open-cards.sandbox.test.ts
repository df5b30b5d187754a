/** Cards in the sandbox's Discord lose their buttons by themselves, over a restart of the bot too. */
import { afterEach, it } from 'vitest';
import {
  commandCount,
  eventually,
  type HandHouse,
  handHouse,
  messagesIn,
  titleOf,
  titlesIn,
} from '#tests/support/bot-house.ts';
import { baseline } from '#tests/support/desk.ts';
import { SAMPLES } from '#tests/support/entries.ts';

let open: HandHouse | undefined;
afterEach(async () => {
  await open?.close();
  open = undefined;
});

const cardOf = (house: HandHouse, title: string) =>
  messagesIn(house).find((each) => titleOf(each).startsWith(title));
const buttonsOf = (house: HandHouse, title: string): string =>
  JSON.stringify(cardOf(house, title)?.components ?? 'no card');

async function started(): Promise<HandHouse> {
  const house = await handHouse();
  open = house;
  house.journal.append(baseline(), SAMPLES['cash-raised']);
  await house.open({ approverRoleId: house.discord.roles.approver });
  await eventually(house, () => titlesIn(house).length).toBe(4);
  await eventually(house, () => commandCount(house)).toBeGreaterThan(0);
  return house;
}

it('the card of raised cash loses its button when the cash is released elsewhere', async () => {
  const house = await started();
  house.discord.act.slash({ user: 'operator', command: 'raise', options: {} });
  await eventually(house, () => buttonsOf(house, 'Raised cash')).toContain('raise:release');
  house.journal.append(SAMPLES['cash-released']);
  await eventually(house, () => buttonsOf(house, 'Raised cash · $0.00')).toBe('[]');
});

it('the card of a plan says that it has expired when its time is over, posted by another bot', async () => {
  const house = await started();
  house.discord.act.slash({ user: 'operator', command: 'rebalance', options: {} });
  await eventually(house, () => buttonsOf(house, 'Plan')).toContain('rebalance:approve:p1');
  await house.open({ approverRoleId: house.discord.roles.approver });
  house.pace.advance(600_000);
  await eventually(house, () => buttonsOf(house, 'Expired plan')).toBe('[]');
});
