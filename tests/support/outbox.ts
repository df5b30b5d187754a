import type { Incidents } from '#bot/alerts/incidents.ts';
import { createIncidents } from '#bot/alerts/incidents.ts';
import { createEventMessages, type EventMessagesParts } from '#bot/messages/event-messages.ts';
import { createOutbox, type Lateness, type Outbox } from '#bot/messages/outbox.ts';
import type { Journal } from '#core/ports.ts';

/** The outbox and the messages of entries as the bot puts them together, over a journal. */
export function outboxOver(
  parts: Omit<EventMessagesParts, 'incidents'> & {
    readonly journal: Pick<Journal, 'since'>;
    readonly incidents?: Incidents;
    readonly lateness?: Pick<Lateness, 'lateFrom'>;
  },
): Outbox {
  const { journal, posts, lateness, incidents = createIncidents() } = parts;
  const messagesOf = createEventMessages({ ...parts, incidents });
  return createOutbox({ journal, posts, incidents, lateness, messagesOf });
}
