/** Events of automatic rebalances before they trade: announced, delivered, answered, over. */
import type { AnnouncementRound, ScheduleChoice } from '#core/domain/announcement.ts';
import type { Decision } from '#core/domain/decision.ts';
import type { SessionDate } from '#core/domain/units.ts';
import { type JournalEvents, noLine, put, withItem } from './journal-event.ts';

/** Entries about announced rebalances. */
export type AnnouncementEntry =
  | {
      /** The current plan of a rebalance that will run automatically in that session. */
      readonly kind: 'announced';
      readonly session: SessionDate;
      readonly round: AnnouncementRound;
      readonly decision: Decision;
    }
  /** Discord has accepted the announcement for that session. */
  | { readonly kind: 'announcement-told'; readonly id: string; readonly session: SessionDate }
  | {
      readonly kind: 'schedule-change';
      readonly id: string;
      /** The session it was announced for. */
      readonly session: SessionDate;
      readonly choice: ScheduleChoice;
      /** With a delay: the earliest session it may run in. */
      readonly until?: SessionDate | undefined;
      readonly by: string;
    }
  /** The session ended before the rebalance began. */
  | { readonly kind: 'announcement-over'; readonly id: string; readonly session: SessionDate }
  /** The rebalance starts although no announcement could be delivered. */
  | { readonly kind: 'unannounced'; readonly id: string };

/** The rows of announced rebalances. */
export const ANNOUNCEMENT_EVENTS = {
  announced: {
    key: ({ decision, session, round }) => `${decision.id} ${session} ${round}`,
    reduce: ({ announcements, seq }, { decision, session, round }, at) => {
      const known = announcements.get(decision.id);
      const same = known?.session === session ? known : undefined;
      return {
        announcements: put(announcements, decision.id, {
          ...{ id: decision.id, session, round, decision, at, seq: seq + 1 },
          before: known?.decision,
          deliveredAt: same?.deliveredAt,
          change: same?.change,
          delays: known?.delays ?? 0,
          until: known?.until,
          over: false,
        }),
      };
    },
    log: ({ decision: { id, plan }, session }) =>
      `announced ${id} for ${session}: ${plan.orders.length === 1 ? '1 order' : `${plan.orders.length} orders`}`,
    message: ({ decision: { id } }) => [{ message: 'announcement', id, isNew: true }],
    exports: [],
  },
  'announcement-told': {
    key: ({ id, session }) => `${id} ${session}`,
    reduce: ({ announcements }, { id, session }, at) => {
      const known = announcements.get(id);
      if (known?.session !== session) return {};
      return { announcements: put(announcements, id, { ...known, deliveredAt: at }) };
    },
    log: noLine,
    message: 'none',
    exports: [],
  },
  'schedule-change': {
    key: () => undefined,
    reduce: ({ announcements }, { id, choice, until, by }, at) => {
      const known = announcements.get(id);
      if (!known) return {};
      const changed = {
        ...known,
        change: { choice, by, at },
        ...(until !== undefined && { until, delays: known.delays + 1 }),
      };
      return { announcements: put(announcements, id, changed) };
    },
    log: ({ id, choice, until, by }) =>
      `${id}: ${by} chose ${choice}${until === undefined ? '' : ` to ${until}`}`,
    message: ({ id }) => [{ message: 'announcement', id, isNew: false }],
    exports: [],
  },
  'announcement-over': {
    key: ({ id, session }) => `${id} ${session}`,
    reduce: ({ announcements }, { id }) => {
      const known = announcements.get(id);
      return known ? { announcements: put(announcements, id, { ...known, over: true }) } : {};
    },
    log: ({ id, session }) => `${id} did not run on ${session}`,
    message: ({ id }) => [{ message: 'announcement', id, isNew: false }],
    exports: [],
  },
  unannounced: {
    key: ({ id }) => id,
    reduce: ({ unannounced }, { id }) => ({ unannounced: withItem(unannounced, id) }),
    log: ({ id }) => `${id} runs without having been announced`,
    // The message of its decision shows it.
    message: 'none',
    exports: [],
  },
} as const satisfies JournalEvents<AnnouncementEntry>;
