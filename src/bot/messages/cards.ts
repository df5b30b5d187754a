/** Renders, by subject, the current state of every message that may have buttons. */
import type { Engine } from '#core/engine/engine.ts';
import type { Clock } from '#core/ports.ts';
import { announcementView } from '#core/views/announcement.ts';
import { decisionView } from '#core/views/decision.ts';
import { flattenView } from '#core/views/flatten.ts';
import { proposalView } from '#core/views/plan.ts';
import type { Incidents } from '../alerts/incidents.ts';
import type { Post } from '../post.ts';
import { alertPost } from '../posts/alert.ts';
import { announcementPost } from '../posts/announcement.ts';
import { flattenPost } from '../posts/flatten.ts';
import { linePost } from '../posts/line.ts';
import { proposalPost } from '../posts/plan.ts';
import { raisedPost } from '../posts/raised.ts';
import { rebalancePost } from '../posts/rebalance.ts';
import { rolePost } from '../posts/shadow.ts';

/** Dependencies of cardPost. */
export interface CardParts {
  readonly engine: Pick<Engine, 'book' | 'observation'>;
  readonly incidents: Pick<Incidents, 'find'>;
  /** Wall clock: plans expire in real time. */
  readonly wall: Pick<Clock, 'now'>;
  readonly alertRoleId: string | undefined;
  /** Whether automatic rebalances need approval; false by default. */
  readonly needsApproval?: boolean | undefined;
}

type Maker = (parts: CardParts, id: string) => Post | undefined;

/** By the first word of the subject; the rest is the id. */
const CARDS = {
  proposal: ({ engine, wall }, id) => {
    const view = proposalView(engine.book(), engine.observation(), id, wall.now());
    return view && proposalPost(view);
  },
  rebalance: ({ engine, needsApproval = false }, id) => {
    const [book, seen] = [engine.book(), engine.observation()];
    const flatten = flattenView(book, seen, id);
    if (flatten) return flattenPost(flatten);
    const begun = decisionView(book, id, seen.mode);
    if (begun) return rebalancePost(begun.rebalance);
    const view = announcementView(book, id, seen.mode, needsApproval);
    return view && announcementPost(view);
  },
  line: ({ engine }, id) => {
    const deposit = [...engine.book().deposits.values()].find(({ seq }) => String(seq) === id);
    if (!deposit) return undefined;
    const { activity, seq, at } = deposit;
    const recorded = { entry: { kind: 'activity', activity }, seq, at } as const;
    return linePost(recorded, engine.observation().mode, engine.book());
  },
  role: ({ engine, wall }, id) => {
    const known = engine.book().roleProposals.get(id);
    return known && rolePost(known, wall.now(), engine.observation().mode);
  },
  raised: ({ engine }) => raisedPost(engine.book().raised, engine.observation().mode),
  alert: ({ engine, incidents, alertRoleId }, id) => {
    const known = incidents.find(`alert:${id}`);
    return known && alertPost(known, engine.observation().mode, alertRoleId);
  },
} as const satisfies Readonly<Record<string, Maker>>;

/** First words of card subjects. */
export const CARD_KINDS: readonly string[] = Object.keys(CARDS);

/** Returns undefined when the subject is not a card, or is no longer known. */
export function cardPost(parts: CardParts, subject: string): Post | undefined {
  const [, kind = '', id = ''] = /^([a-z]+):(.*)$/s.exec(subject) ?? [];
  const makers: Readonly<Record<string, Maker>> = CARDS;
  return makers[kind]?.(parts, id);
}
