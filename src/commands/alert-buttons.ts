import { escape } from '#bot/format.ts';
import type { ButtonResult, Component, Context } from '#bot/interactions/command.ts';
import {
  ACKNOWLEDGE,
  ADOPT_BOOKS,
  ADOPT_TRADE,
  fillOf,
  IGNORE_TRADE,
  subjectOf,
} from '#bot/posts/alert-buttons.ts';

/**
 * The buttons of alerts. The message itself is not changed here: the journal says what the press came
 * to, and the outbox brings the message up to date.
 */
export const alertComponents: readonly Component[] = [
  {
    prefix: ACKNOWLEDGE,
    access: 'operator',
    run: ({ engine, asker }, id) =>
      onOpen(engine, id, (subject) => {
        const outcome = engine.acknowledge(subject, asker.name);
        return outcome.kind === 'closed' ? outcome.reason : 'Noted: this is not repeated any more.';
      }),
  },
  { prefix: ADOPT_TRADE, access: 'approver', run: (context, id) => judge(context, id, 'adopted') },
  { prefix: IGNORE_TRADE, access: 'operator', run: (context, id) => judge(context, id, 'ignored') },
  {
    prefix: ADOPT_BOOKS,
    access: 'approver',
    run: async ({ engine, asker }, shown) => told(await engine.adopt(asker.name, shown)),
  },
];

function judge(
  { engine, asker }: Context,
  id: string,
  choice: 'adopted' | 'ignored',
): ButtonResult {
  return onOpen(engine, id, (subject) => {
    const outcome = engine.reviewTrade(fillOf(subject), choice, asker.name);
    return outcome.kind === 'closed' ? outcome.reason : `The trade is ${choice}.`;
  });
}

function onOpen(
  engine: Context['engine'],
  id: string,
  act: (subject: string) => string,
): ButtonResult {
  const subject = subjectOf(engine.book(), id);
  return told(subject === undefined ? 'This is over already.' : act(subject));
}

function told(text: string): ButtonResult {
  return { update: undefined, note: escape(text, 1000), result: text };
}
