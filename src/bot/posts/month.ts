import type { Mode } from '#core/domain/account.ts';
import type { MonthView, Returns } from '#core/views/month.ts';
import { dayOf, money, percent } from '../format.ts';
import { field, frame, type Post } from '../post.ts';

/** The day's line and the month's report, one message a month. */
export function monthPost(view: MonthView, mode: Mode): Post {
  const { month, session, equity, cash, today, monthToDate, sessions, orders } = view;
  const closes = sessions === 1 ? '1 close' : `${sessions} closes`;
  const sent = orders === 1 ? '1 order' : `${orders} orders`;
  return {
    embeds: [
      frame({
        mode,
        title: `Report ${month}`,
        body: `At the close of ${dayOf(session)}: ${closes}, ${sent}.`,
        fields: [
          field('Equity', `${money(equity)}\ncash ${money(cash)}`),
          field('Day', periodOf(today)),
          field('Month', periodOf(monthToDate)),
        ],
        note: 'price return of SPY',
      }),
    ],
  };
}

function periodOf({ you, spy, alpha }: Returns): string {
  return `You ${percent(you)}\nSPY ${percent(spy)}\n**Alpha ${percent(alpha)}**`;
}
