import { escape } from '#bot/format.ts';
import type { ButtonResult, Component, Context } from '#bot/interactions/command.ts';
import { ANNOUNCED, announcementWhyPost } from '#bot/posts/announcement.ts';
import type { ScheduleChoice } from '#core/domain/announcement.ts';
import { announcementView } from '#core/views/announcement.ts';

/**
 * The buttons of an announced rebalance. The card is not changed here: the choice is recorded in the
 * journal, and the outbox updates the card.
 */
export const announcementComponents: readonly Component[] = [
  {
    prefix: `${ANNOUNCED}run:`,
    access: 'approver',
    run: (context, id) => choose(context, id, 'run'),
  },
  {
    prefix: `${ANNOUNCED}delay:`,
    access: 'approver',
    run: (context, id) => choose(context, id, 'delay'),
  },
  {
    prefix: `${ANNOUNCED}skip:`,
    access: 'approver',
    run: (context, id) => choose(context, id, 'skip'),
  },
  { prefix: `${ANNOUNCED}why:`, access: 'viewer', run: explainPlan },
];

const DONE: Readonly<Record<ScheduleChoice, string>> = {
  run: 'Confirmed: it runs at the open.',
  delay: 'Delayed by one session; it is announced again before it runs.',
  skip: 'Skipped.',
};

function choose(
  { engine, asker }: Context,
  argument: string,
  choice: ScheduleChoice,
): ButtonResult {
  const outcome = engine.changeSchedule(shownOf(argument), choice, asker.name);
  const said = outcome.kind === 'closed' ? outcome.reason : DONE[choice];
  return { update: undefined, note: escape(said, 500), result: said };
}

function explainPlan({ engine }: Context, argument: string): ButtonResult {
  const { id } = shownOf(argument);
  const view = announcementView(engine.book(), id, engine.observation().mode, false);
  if (!view) return { update: undefined, note: 'Rotor does not know this rebalance.' };
  return { update: undefined, note: undefined, answer: announcementWhyPost(view) };
}

/** `monthly-2026-12:2026-12-01`. */
function shownOf(argument: string): { readonly id: string; readonly session: string } {
  const [id = '', session = ''] = argument.split(':');
  return { id, session };
}
