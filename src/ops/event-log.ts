/** The journal as plain lines for the terminal: the same story that Discord tells. */
import type { Entry, Recorded } from '#core/domain/entry.ts';
import { newYorkDate, newYorkTime } from '#core/domain/new-york.ts';
import { qtyToDecimal, toDollars } from '#core/domain/units.ts';
import type { Weights } from '#core/domain/weights.ts';

/** `2026-11-20 09:35 ET  decided …`, or undefined when the entry is no news to a person. */
export function narrate({ at, entry }: Recorded): string | undefined {
  const text = tell(entry);
  return text === undefined ? undefined : `${newYorkDate(at)} ${newYorkTime(at)} ET  ${text}`;
}

function tell(entry: Entry): string | undefined {
  switch (entry.kind) {
    case 'started':
      return `started, version ${entry.version}, ${entry.mode}`;
    case 'stopped':
      return `stopped: ${entry.reason}`;
    case 'account':
      return `account ${entry.number}`;
    case 'baseline':
      return `begins with equity ${money(toDollars(entry.equity))}`;
    case 'decision': {
      const { id, asOf, regime, verdict, plan } = entry.decision;
      const orders = plan.orders.length === 1 ? '1 order' : `${plan.orders.length} orders`;
      return `decided ${id} on bars of ${asOf}: ${regime.kind}, ${weights(verdict.weights)}; ${orders}`;
    }
    case 'no-decision':
      return `no decision: ${entry.outcome.reason}`;
    case 'fill': {
      const { side, qty, ticker, price } = entry.fill;
      const verb = side === 'buy' ? 'bought' : 'sold';
      return `${verb} ${qtyToDecimal(qty)} ${ticker} at ${money(price)}`;
    }
    case 'external-fill': {
      const { side, qty, ticker, price } = entry.fill;
      return `traded by hand: ${side} ${qtyToDecimal(qty)} ${ticker} at ${money(price)}`;
    }
    case 'activity': {
      const { kind, ticker, cash } = entry.activity;
      return `${kind}${ticker ? ` ${ticker}` : ''}: cash ${money(toDollars(cash))}`;
    }
    case 'recovered-order':
      return `order ${entry.clientOrderId} adopted by ${entry.by}`;
    case 'adjustment':
      return `${entry.ticker ?? 'cash'}: difference adopted by ${entry.by}`;
    case 'refused':
      return `refused: ${entry.clientOrderId}: ${entry.reason}`;
    case 'unknown':
      return `outcome unknown, looking it up: ${entry.clientOrderId}: ${entry.reason}`;
    case 'finished': {
      const { kind, left } = entry.result;
      return `${entry.decisionId} ${kind}${left.length > 0 ? `; left: ${left.join('; ')}` : ''}`;
    }
    case 'equity':
      return `close: equity ${money(toDollars(entry.point.equity))}`;
    case 'missed-closes':
      return `close of ${entry.sessions.join(', ')} not recorded: ${entry.reason}`;
    case 'alert':
      return `${entry.alert.severity}: ${entry.alert.title}: ${entry.alert.text}`;
    case 'resolved':
      return `resolved: ${entry.text}`;
    case 'state':
      return `trading state ${entry.state} by ${entry.by}: ${entry.reason}`;
    case 'proposal':
      return `plan ${entry.proposal.id} asked for by ${entry.proposal.requestedBy}`;
    case 'answer':
      return `plan ${entry.proposalId} ${entry.answer} by ${entry.by}`;
    case 'command':
      return `${entry.userName} used ${entry.name}${entry.allowed ? '' : ' (not allowed)'}`;
    case 'acknowledged':
      return `${entry.by} has seen: ${entry.subject}`;
    case 'pause':
      return `${entry.paused ? 'paused' : 'no longer paused'} by ${entry.by}: ${entry.reason}`;
    case 'cancel-requested':
      return `${entry.clientOrderId} taken back by ${entry.by}`;
    case 'approval':
      return `plan ${entry.proposalId} approved by ${entry.by}, one more is needed`;
    case 'intentional-trade':
    case 'outcome':
    case 'regime':
    case 'intent':
    case 'sending':
    case 'order':
      return undefined;
    default:
      return entry satisfies never;
  }
}

function money(usd: number): string {
  return usd.toLocaleString('en-US', { style: 'currency', currency: 'USD' });
}

function weights(all: Weights): string {
  const parts = [...all].map(([ticker, weight]) => `${ticker} ${Math.round(weight * 100)} %`);
  return parts.length > 0 ? parts.join(', ') : 'all cash';
}
