/** Plans that wait for approval. */
import {
  type AccountState,
  type ProposalState,
  type Rebalance,
  unfinished,
} from '../domain/account-state.ts';
import {
  type Decision,
  type NoDecision,
  type Proposal,
  RAISE,
  type RaiseRequest,
} from '../domain/decision.ts';
import type { Entry } from '../domain/entry.ts';
import { newYorkDate } from '../domain/new-york.ts';
import { sentOnDay } from '../domain/trading-limits.ts';
import { epochMs } from '../domain/units.ts';
import { barsThrough, tradableSession } from '../scheduler.ts';
import { type AnswerOutcome, type Closed, closed } from './answer-outcome.ts';
import { unreadEvidence } from './evidence.ts';
import { endEntries, isInFlight, progressOf } from './execution/end-rebalance.ts';
import { newPlanEnds } from './execution/rebalance-result.ts';
import { sellIntents } from './execution/sell-intents.ts';
import type { Observer, ProposalParts } from './parts.ts';
import { movedBps, planHash } from './plan-changes.ts';
import { planRemarks } from './plan-remarks.ts';
import { raiseDecision } from './raise.ts';
import { assertAccount } from './reconciliation/known-account.ts';

/** Plans that wait for a person, and their answers. */
export interface Proposals {
  /** Decides as of now and records the plan, to be approved within ten minutes. */
  propose(by: Person): Promise<Proposal | NoDecision>;
  /**
   * The plan that sells the excess over the target to raise that much cash; once approved, the cash is
   * reserved.
   * @throws TradingError where less than that is managed, or the broker does not answer.
   */
  raise(request: RaiseRequest, by: Person): Promise<Proposal>;
  /**
   * Approves or rejects a proposal, once. An approved one starts its rebalance; the promise resolves when
   * the answer is recorded, not when the orders are done.
   */
  answer(proposalId: string, answer: 'approved' | 'rejected', by: Person): Promise<AnswerOutcome>;
}

/** A person, as identified by Discord. */
export interface Person {
  readonly id: string;
  readonly name: string;
}

/** In real time, not market time. */
const EXPIRES_MS = 10 * 60_000;

/** Creates the proposals from the journal, including answers of past runs. */
export function createProposals(parts: ProposalParts, observer: Observer): Proposals {
  const { journal } = parts;
  const ids = createIds(parts);
  return {
    async propose(by) {
      const [accountId, outcome] = await Promise.all([
        accountNow(parts),
        observer.decideAndKeep(ids.fresh(), 'manual'),
      ]);
      if (outcome.kind === 'no-decision') return outcome;
      const proposal = proposalOf(parts, outcome, { accountId, requestedBy: by.name });
      journal.append({ kind: 'proposal', proposal });
      return proposal;
    },
    async raise(request, by) {
      const [accountId, decision] = await Promise.all([
        accountNow(parts),
        raiseDecision(parts, observer, ids.fresh(RAISE), request),
      ]);
      const proposal = proposalOf(parts, decision, {
        ...{ accountId, requestedBy: by.name, raise: request },
      });
      journal.append({ kind: 'proposal', proposal });
      return proposal;
    },
    async answer(proposalId, answer, by) {
      expireProposals(parts);
      const known = journal.book().proposals.get(proposalId);
      const refused = closedReason(parts, observer, proposalId, answer);
      if (refused !== undefined) return refused;
      if (!known) return closed('Rotor does not know this plan.');
      if (answer === 'rejected') {
        journal.append({ kind: 'answer', proposalId, answer, by: by.name });
        return { kind: 'accepted' };
      }
      if (known.approvals.some(({ byId }) => byId === by.id)) {
        return closed(`${by.name} has approved already; a second person must approve.`);
      }
      const { approvers = 1 } = known.proposal;
      const waitingFor = approvers - known.approvals.length - 1;
      if (waitingFor <= 0) return approve(parts, observer, ids, known.proposal, by);
      journal.append({ kind: 'approval', proposalId, by: by.name, byId: by.id });
      return { kind: 'accepted', waitingFor };
    },
  };
}

interface Ids {
  /** An id unused by any plan, including those in preparation. */
  fresh(prefix?: string): string;
  /** Releases the id of a plan in preparation. */
  release(id: string): void;
}

function createIds({ clocks, journal }: Pick<ProposalParts, 'clocks' | 'journal'>): Ids {
  const reserved = new Set<string>();
  return {
    fresh(prefix = 'manual-') {
      const { proposals, rebalances } = journal.book();
      for (let number = proposals.size + 1; ; number++) {
        const id = `${prefix}${newYorkDate(clocks.market.now())}-${number}`;
        if (reserved.has(id) || proposals.has(id) || rebalances.has(id)) continue;
        reserved.add(id);
        return id;
      }
    },
    release: (id) => void reserved.delete(id),
  };
}

async function accountNow({
  broker,
  journal,
}: Pick<ProposalParts, 'broker' | 'journal'>): Promise<string> {
  const account = await broker.account();
  assertAccount(journal.book(), account);
  return account.id;
}

/** The final approval: the plan shown is compared with a current decision. */
async function approve(
  parts: ProposalParts,
  observer: Observer,
  ids: Ids,
  proposal: Proposal,
  by: Person,
): Promise<AnswerOutcome> {
  const { journal } = parts;
  const { id: proposalId, raise } = proposal;
  const id = ids.fresh(raise && RAISE);
  const before = runningNow(journal);
  const [accountId, now] = await Promise.all([
    accountNow(parts),
    raise ? raiseDecision(parts, observer, id, raise) : observer.decideAndKeep(id, 'manual'),
  ]).catch((error: unknown) => {
    ids.release(id);
    throw error;
  });
  // Another person may have answered during the requests to the broker.
  const late =
    closedReason(parts, observer, proposal.id, 'approved') ?? mismatch(parts, accountId, proposal);
  const running = runningNow(journal);
  if (late !== undefined) return late;
  if (now.kind === 'no-decision') return closed(now.reason);
  // Trades of the running rebalance since then are not in the plan that would replace it.
  if (running?.progress !== before?.progress) return closed(RUNNING);
  if (movedBps(proposal.decision, now) > parts.approval.replanBps) {
    const next = proposalOf(parts, now, { ...proposal, accountId });
    journal.append(
      { kind: 'answer', proposalId, answer: 'replaced', by: by.name },
      { kind: 'proposal', proposal: next },
    );
    return { kind: 'replaced', proposal: next };
  }
  ids.release(id);
  journal.append(...approvalEntries(journal.book(), proposal, running?.rebalance, by.name));
  return { kind: 'accepted' };
}

/** The request for a plan, and the account that it is for. */
type Asked = Pick<Proposal, 'requestedBy' | 'raise'> & { readonly accountId: string };

function proposalOf(
  parts: ProposalParts,
  decision: Decision,
  { accountId, requestedBy, raise }: Asked,
): Proposal {
  const { twoPersonAbove } = parts.approval;
  const value = decision.plan.orders.reduce((sum, { estimated }) => sum + estimated, 0);
  const now = parts.clocks.market.now();
  const today = sentOnDay(parts.journal.book().managedOrders.values(), now);
  const { limits } = parts;
  const remarks = planRemarks({ decision, limits, today, now, openMs: EXPIRES_MS });
  return {
    id: decision.id,
    planHash: planHash(parts, decision),
    decision,
    requestedBy,
    expiresAt: epochMs(parts.clocks.wall.now() + EXPIRES_MS),
    accountId,
    approvers: twoPersonAbove !== undefined && value > twoPersonAbove ? 2 : 1,
    ...(raise && { raise }),
    ...(remarks.length > 0 && { remarks }),
  };
}

/** A plan is valid for the account and the orders that were shown. */
function mismatch(
  parts: ProposalParts,
  accountId: string,
  { accountId: proposedFor, decision, planHash: shown }: Proposal,
): Closed | undefined {
  if (proposedFor !== undefined && proposedFor !== accountId) {
    return closed('This plan was made for another account.');
  }
  return planHash(parts, decision) === shown
    ? undefined
    : closed('The plan has changed since it was shown.');
}

/** The approval, what it ends, and what it starts; cash that it raises is reserved from the same moment. */
function approvalEntries(
  book: AccountState,
  { id, decision, raise }: Proposal,
  running: Rebalance | undefined,
  by: string,
): readonly Entry[] {
  const why = `ended by ${by}, who approved a fresh plan`;
  return [
    { kind: 'answer', proposalId: id, answer: 'approved', by },
    ...(running ? endEntries(book, running, by, why) : []),
    ...newPlanEnds(book, decision),
    { kind: 'decision', decision },
    ...sellIntents(decision),
    ...(raise ? [{ kind: 'cash-raised', id: decision.id, ...raise, by } as const] : []),
  ];
}

/** Records plans that expired without an answer, once, so that their messages can be closed. */
export function expireProposals({
  clocks,
  journal,
}: Pick<ProposalParts, 'clocks' | 'journal'>): void {
  const day = newYorkDate(clocks.market.now());
  const late = [...journal.book().proposals.values()].filter(
    ({ answer, proposal, at }) =>
      answer === undefined && (clocks.wall.now() >= proposal.expiresAt || newYorkDate(at) !== day),
  );
  if (late.length === 0) return;
  journal.append(
    ...late.map(({ proposal }): Entry => {
      return { kind: 'answer', proposalId: proposal.id, answer: 'expired', by: 'rotor' };
    }),
  );
}

/** Why the button no longer works, or undefined. */
function closedReason(
  parts: ProposalParts,
  observer: Observer,
  proposalId: string,
  answer: 'approved' | 'rejected',
): Closed | undefined {
  const { clocks, journal } = parts;
  const known = journal.book().proposals.get(proposalId);
  if (!known) return closed('Rotor does not know this plan.');
  if (known.answer && known.answer !== 'expired') return closed(answeredByWords(known));
  if (known.answer || clocks.wall.now() >= known.proposal.expiresAt)
    return closed('This plan has expired; make a new one.');
  if (answer === 'rejected') return undefined;
  if (known.proposal.decision.verdict.kind === 'refused') return closed('Risk refused this plan.');
  return outdated(parts, observer, known) ?? closedNow(parts, known.proposal);
}

/** Something has changed since the plan was made, or is changing now. */
function outdated(
  { clocks, journal }: Pick<ProposalParts, 'clocks' | 'journal'>,
  observer: Observer,
  known: ProposalState,
): Closed | undefined {
  const { rebalances } = journal.book();
  const running = unfinished(journal.book());
  const { raise } = known.proposal;
  if (running && (raise || isInFlight(journal.book(), running))) return closed(RUNNING);
  if ([...rebalances.values()].some(({ at }) => at >= known.at)) {
    return closed('Another rebalance has run since this plan was made; make a new one.');
  }
  if (known.proposal.decision.asOf !== barsThrough(observer.now() ?? clocks.market.now())) {
    return closed(
      `This plan has expired: it used prices of ${known.proposal.decision.asOf}. Make a new one.`,
    );
  }
  return undefined;
}

/** Nothing may be sent at this time. */
function closedNow(parts: ProposalParts, { raise }: Proposal): Closed | undefined {
  const { clocks, journal } = parts;
  // Raising cash only sells.
  const unread = raise ? undefined : unreadEvidence(parts);
  if (unread !== undefined) return closed(`Nothing is bought yet: ${unread}.`);
  const { state } = journal.book().state;
  if (raise ? state === 'HALT' : state !== 'RUN')
    return closed(`Trading is ${state}; an approver must resume it first.`);
  if (!tradableSession(clocks.market.now())) {
    return closed('Orders are sent from 09:35 New York to 15 minutes before the close.');
  }
  return undefined;
}

const RUNNING = 'A rebalance is running; wait until its open orders have ended.';

/** The unfinished rebalance, with the progress of its orders. */
function runningNow(
  journal: ProposalParts['journal'],
): { readonly rebalance: Rebalance; readonly progress: string } | undefined {
  const rebalance = unfinished(journal.book());
  return rebalance && { rebalance, progress: progressOf(journal.book(), rebalance) };
}

function answeredByWords({ answer, answeredBy }: ProposalState): string {
  if (answer === 'replaced')
    return 'Prices have moved too far for this plan; a newer one replaced it.';
  return `Already ${answer ?? 'answered'} by ${answeredBy ?? 'nobody'}.`;
}
