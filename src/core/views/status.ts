/** HEALTHY, DEGRADED or HALTED, by named rules. A closed market or a night is healthy. */
import type { Book } from '../domain/book.ts';
import type { Observation } from '../domain/observation.ts';

export type Status = 'HEALTHY' | 'DEGRADED' | 'HALTED';

export interface StatusReason {
  /** The rule's name: `broker`, `order stream`, `data`, `account`, `trading state`, `alert`. */
  readonly rule: string;
  readonly makes: Exclude<Status, 'HEALTHY'>;
  /** What is so now, in words. */
  readonly text: string;
}

export interface StatusView {
  readonly status: Status;
  /** Worst first; empty when healthy. */
  readonly reasons: readonly StatusReason[];
}

type Rule = (book: Book, seen: Observation) => readonly StatusReason[];

const RULES: readonly Rule[] = [tradingState, account, broker, stream, data, alerts];

/** The worst of all rules that speak. */
export function statusView(book: Book, seen: Observation): StatusView {
  const reasons = RULES.flatMap((rule) => rule(book, seen));
  const halted = reasons.filter((reason) => reason.makes === 'HALTED');
  const degraded = reasons.filter((reason) => reason.makes === 'DEGRADED');
  const status = halted.length > 0 ? 'HALTED' : degraded.length > 0 ? 'DEGRADED' : 'HEALTHY';
  return { status, reasons: [...halted, ...degraded] };
}

function tradingState({ state }: Book): readonly StatusReason[] {
  if (state.state === 'RUN') return [];
  const makes = state.state === 'HALT' ? 'HALTED' : 'DEGRADED';
  return [{ rule: 'trading state', makes, text: `${state.state} by ${state.by}: ${state.reason}` }];
}

function account(_book: Book, { account }: Observation): readonly StatusReason[] {
  if (!account) return [];
  if (account.blocked) return [halt('account', 'the broker has blocked trading')];
  if (account.status !== 'ACTIVE') return [halt('account', `its status is ${account.status}`)];
  return [];
}

function broker(_book: Book, { broker, account }: Observation): readonly StatusReason[] {
  if (!broker.connected) return [degrade('broker', broker.problem ?? 'it does not answer')];
  return account ? [] : [degrade('broker', 'it has not told of the account yet')];
}

function stream(_book: Book, { broker }: Observation): readonly StatusReason[] {
  if (!broker.connected || broker.streaming) return [];
  return [degrade('order stream', 'not listening; orders are asked for instead')];
}

function data(_book: Book, { data }: Observation): readonly StatusReason[] {
  return data.missing ? [degrade('data', data.missing.reason)] : [];
}

function alerts({ alerts }: Book): readonly StatusReason[] {
  return [...alerts.values()]
    .filter(({ alert }) => alert.severity !== 'info')
    .map(({ alert }) => degrade('alert', `${alert.title}: ${alert.text}`));
}

function halt(rule: string, text: string): StatusReason {
  return { rule, makes: 'HALTED', text };
}

function degrade(rule: string, text: string): StatusReason {
  return { rule, makes: 'DEGRADED', text };
}
