import { escape } from '#bot/format.ts';
import type { ButtonResult, Component, Context } from '#bot/interactions/command.ts';
import {
  ACCEPT_DIFFERENCE,
  ACKNOWLEDGE,
  ADOPT_TRADE,
  IGNORE_TRADE,
  SET_ASIDE,
  subjectOf,
} from '#bot/posts/alert-buttons.ts';
import type { AlertSubject } from '#core/domain/alert.ts';

/**
 * The buttons of alerts. The message is not changed here: the press is recorded in the journal, and the
 * outbox updates the message.
 */
export const alertComponents: readonly Component[] = [
  {
    prefix: ACKNOWLEDGE,
    access: 'operator',
    run: ({ engine, asker }, id) =>
      onOpen(engine, id, (subject) => {
        const outcome = engine.acknowledge(subject, asker.name);
        return outcome.kind === 'closed' ? outcome.reason : 'Acknowledged: no more reminders.';
      }),
  },
  { prefix: ADOPT_TRADE, access: 'approver', run: (context, id) => review(context, id, 'adopted') },
  {
    prefix: IGNORE_TRADE,
    access: 'operator',
    run: (context, id) => review(context, id, 'ignored'),
  },
  { prefix: SET_ASIDE, access: 'approver', run: setAside },
  {
    prefix: ACCEPT_DIFFERENCE,
    access: 'approver',
    run: async ({ engine, asker }, shown) => told(await engine.adopt(asker.name, shown)),
  },
];

const ALREADY_RESOLVED = 'This is already over.';

function review(
  { engine, asker }: Context,
  id: string,
  choice: 'adopted' | 'ignored',
): ButtonResult {
  return onOpen(engine, id, (subject) => {
    if (subject.about !== 'external-trade') return ALREADY_RESOLVED;
    const outcome = engine.reviewTrade(subject.fillId, choice, asker.name);
    return outcome.kind === 'closed' ? outcome.reason : `The trade is ${choice}.`;
  });
}

/** The card says what the order may still do; a fill would be recorded and reported. */
function setAside({ engine, asker }: Context, id: string): ButtonResult {
  return onOpen(engine, id, (subject) => {
    if (subject.about !== 'stuck-order') return ALREADY_RESOLVED;
    const outcome = engine.setAside(subject.clientOrderId, asker.name);
    return outcome.kind === 'closed'
      ? outcome.reason
      : 'Set aside: Rotor no longer waits for this order. A later fill would be recorded and posted.';
  });
}

function onOpen(
  engine: Context['engine'],
  id: string,
  act: (subject: AlertSubject) => string,
): ButtonResult {
  const subject = subjectOf(engine.book(), id);
  return told(subject === undefined ? ALREADY_RESOLVED : act(subject));
}

function told(text: string): ButtonResult {
  return { update: undefined, note: escape(text, 1000), result: text };
}
