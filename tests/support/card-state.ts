/** What waits for people, as journal entries: each kind of card with buttons, and what follows from it. */
import { parseSubject } from '#core/domain/alert.ts';
import { cents, dollars, epochMs, sessionDate } from '#core/domain/units.ts';
import { alert, NOW, proposal } from './desk.ts';
import { SAMPLES } from './entries.ts';
import type { Life } from './life.ts';

const IN_TEN_MINUTES = epochMs(NOW + 600_000);

/** A deposit, an announced rebalance, plans, raised cash, changes of a model, and a flatten that waits. */
export function addCards(life: Life): void {
  const { ticker: _none, ...cash } = SAMPLES.activity.activity;
  const deposit = { ...cash, id: 'd1', kind: 'deposit', cash: cents(500_000) } as const;
  const role = { ...SAMPLES['role-proposed'].proposal, expiresAt: IN_TEN_MINUTES };
  life.add(
    SAMPLES['notify-me'],
    { kind: 'activity', activity: { ...deposit, ticker: undefined } },
    {
      kind: 'announced',
      session: sessionDate('2026-11-24'),
      round: 'evening',
      decision: life.decide('weekly-2026-11-24', 'weekly'),
    },
    { kind: 'proposal', proposal: proposal(life.decide('manual-2026-11-23-1')) },
    {
      kind: 'proposal',
      proposal: proposal(life.decide('raise-2026-11-23-1'), {
        ...{ id: 'p2', planHash: 'hash 2' },
        raise: { amount: dollars(20_000), neededBy: sessionDate('2026-12-15') },
      }),
    },
    SAMPLES['cash-raised'],
    { kind: 'role-proposed', proposal: role },
    { kind: 'role-proposed', proposal: { ...role, id: 'role-2', expiresAt: NOW } },
  );
}

/** Cards whose time is over: deposits, announcements and a trade by hand, each answered in another way. */
export function addClosedCards(life: Life): void {
  const cashIn = (id: string, usd: number) => {
    const { ticker: _none, ...activity } = SAMPLES.activity.activity;
    const kind = usd > 0 ? 'deposit' : 'withdrawal';
    const moved = { ...activity, ticker: undefined, id, kind, cash: dollars(usd) } as const;
    return { kind: 'activity', activity: moved } as const;
  };
  const session = sessionDate('2026-11-24');
  const announced = (id: string) => {
    const decision = life.decide(id, 'weekly');
    return { kind: 'announced', session, round: 'evening', decision } as const;
  };
  const change = (id: string, choice: 'delay' | 'skip') =>
    ({ kind: 'schedule-change', id, session, choice, by: 'omar' }) as const;
  const idle = announced('weekly-2026-11-24');
  const none = { ...idle.decision.plan, orders: [], turnover: 0 };
  const subject = parseSubject('external x1');
  const trade = {
    title: 'Traded by hand',
    text: 'buy 12 XLK at $211.5, without an order of Rotor’s.',
  };
  life.add(
    cashIn('d1', 5_000),
    { kind: 'deposit-choice', activityId: 'd1', choice: 'now', by: 'omar' },
    cashIn('d2', 3_000),
    cashIn('w1', -3_000),
    { ...idle, decision: { ...idle.decision, plan: none } },
    announced('weekly-2026-11-23'),
    { ...change('weekly-2026-11-23', 'delay'), until: sessionDate('2026-11-25') },
    announced('regime-2026-11-24'),
    change('regime-2026-11-24', 'skip'),
    { kind: 'alert', alert: alert({ subject, severity: 'warning', ...trade }) },
    { kind: 'resolved', subject, text: 'Ignored by omar.', lapsed: true },
  );
}

/** Real money, before anybody has read what the models are worth. */
export function addEvidenceDue(life: Life): void {
  life.add({
    kind: 'alert',
    alert: alert({
      subject: parseSubject('evidence'),
      severity: 'warning',
      title: 'Read the evidence',
      text: 'With real money nothing is bought from 2026-11-24 on until an approver has read the evidence of these models, limits and rules.',
      remedy: 'Sells, halts and flattening still work.',
      advice: { code: 'read-evidence' },
    }),
  });
}

/** Everything is to be sold when the market opens. */
export function addFlatten(life: Life): void {
  const decision = life.decide('flatten-2026-11-23-1');
  life.add(
    { kind: 'state', state: 'REDUCE', by: 'omar', reason: 'flatten: the news' },
    { kind: 'decision', decision },
  );
}
