/** Events of people: plans and their answers, and every use of a command or button. */
import type { PlanAnswer } from '#core/domain/account-state.ts';
import type { Proposal } from '#core/domain/decision.ts';
import { type JournalEvents, noChange, noLine, put } from './journal-event.ts';

/** Entries about people's requests and answers. */
export type PeopleEntry =
  | { readonly kind: 'proposal'; readonly proposal: Proposal }
  | {
      readonly kind: 'answer';
      readonly proposalId: string;
      readonly answer: PlanAnswer;
      readonly by: string;
    }
  /** The first of two approvals; the second is the answer. */
  | {
      readonly kind: 'approval';
      readonly proposalId: string;
      readonly by: string;
      readonly byId: string;
    }
  | {
      /** Every attempt to use a command or button, allowed or not. */
      readonly kind: 'command';
      /** Discord's interaction id; a replayed one is recorded once. */
      readonly id: string;
      readonly userId: string;
      readonly userName: string;
      readonly name: string;
      readonly options: string;
      readonly allowed: boolean;
      readonly result: string;
    }
  /** The result of an attempt; `id` is that of the attempt. */
  | { readonly kind: 'outcome'; readonly id: string; readonly result: string };

/** The rows of people's requests and answers. */
export const PEOPLE_EVENTS = {
  proposal: {
    key: ({ proposal }) => proposal.id,
    reduce: ({ proposals }, { proposal }, at) => ({
      proposals: put(proposals, proposal.id, {
        proposal,
        at,
        answer: undefined,
        answeredBy: undefined,
        answeredAt: undefined,
        approvals: [],
      }),
    }),
    log: ({ proposal: { id, requestedBy } }) => `plan ${id} requested by ${requestedBy}`,
    message: 'none',
    exports: [],
  },
  answer: {
    key: ({ proposalId }) => proposalId,
    reduce: ({ proposals }, { proposalId, answer, by }, at) => {
      const known = proposals.get(proposalId);
      if (!known) return {};
      const answered = { ...known, answer, answeredBy: by, answeredAt: at };
      return { proposals: put(proposals, proposalId, answered) };
    },
    log: ({ proposalId, answer, by }) => `plan ${proposalId} ${answer} by ${by}`,
    // The button press has already put the new plan into the same message.
    message: ({ proposalId: id, answer }) =>
      answer === 'replaced' ? [] : [{ message: 'plan', id }],
    exports: [],
  },
  approval: {
    key: ({ proposalId, byId }) => `${proposalId} ${byId}`,
    reduce: ({ proposals }, { proposalId, by, byId }, at) => {
      const known = proposals.get(proposalId);
      if (!known) return {};
      const approvals = [...known.approvals, { by, byId, at }];
      return { proposals: put(proposals, proposalId, { ...known, approvals }) };
    },
    log: ({ proposalId, by }) => `plan ${proposalId} approved by ${by}, one more approval needed`,
    message: ({ proposalId: id }) => [{ message: 'plan', id }],
    exports: [],
  },
  command: {
    key: ({ id }) => id,
    reduce: noChange,
    log: ({ userName, name, allowed }) =>
      `${userName} used ${name}${allowed ? '' : ' (not allowed)'}`,
    message: 'none',
    audit: 'attempt',
    exports: [],
  },
  outcome: {
    key: ({ id }) => id,
    reduce: noChange,
    log: noLine,
    message: 'none',
    audit: 'outcome',
    exports: [],
  },
} as const satisfies JournalEvents<PeopleEntry>;
