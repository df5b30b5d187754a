/** Tax lots: which shares were sold, for how long they were held, and what a loss is worth. */
import type { RuleBreak } from './rule-break.ts';

const WASHED = 'tests/core/domain/tax/wash-sales.test.ts';
const LOTS = 'tests/core/domain/tax/tax-lots.test.ts';
const LAWS = 'tests/core/domain/tax/lot-laws.test.ts';

export const LOT_BREAKS: readonly RuleBreak[] = [
  {
    rule: 'what is left of a lot keeps its part of the cost, to the cent',
    file: 'src/core/domain/tax/open-lots.ts',
    find: 'lot.cost = cents(lot.cost - cost);',
    put: 'lot.cost = cents(lot.cost - cost + 1);',
    tests: LAWS,
    test: 'every cent that bought shares is in a basis',
  },
  {
    rule: 'a split spreads exactly as many shares as it makes',
    file: 'src/core/domain/tax/corporate-actions.ts',
    find: 'const until = shareOf(after, old, before);',
    put: 'const until = done + Math.round((lot.qty * after) / before / 10) * 10;',
    tests: LAWS,
    test: 'as many shares of each ticker, to the billionth',
  },
  {
    rule: 'a wash sale disallows the loss on the shares that were replaced, and no more',
    file: 'src/core/domain/tax/wash-sales.ts',
    find: 'const amount = shareOf(loss.loss, shares, loss.left);',
    put: 'const amount = loss.loss;',
    tests: WASHED,
    test: 'is partial where fewer shares are bought again',
  },
  {
    rule: 'a wash sale looks 30 days back and ahead',
    file: 'src/core/domain/tax/tax-dates.ts',
    find: 'const WINDOW_DAYS = 30;',
    put: 'const WINDOW_DAYS = 31;',
    tests: WASHED,
    test: 'of a sale on 2025-03-31 holds 2025-05-01',
  },
  {
    rule: 'a holding period goes on in the shares that replace others',
    file: 'src/core/domain/tax/wash-sales.ts',
    find: '  replacement.heldSince = addDays(replacement.heldSince, -loss.heldDays);\n',
    put: '',
    tests: WASHED,
    test: 'adds the loss to the shares that replace those sold, and carries the holding period',
  },
  {
    rule: 'a sale on the anniversary is short term',
    file: 'src/core/domain/tax/tax-dates.ts',
    find: 'const first = new Date(Date.parse(from) + DAY_MS);',
    put: 'const first = new Date(Date.parse(from));',
    tests: WASHED,
    test: 'from 2025-02-05 to 2026-02-05: long term false',
  },
  {
    rule: 'lots take a fact at its own time, however late the journal met it',
    file: 'src/core/domain/tax/tax-lots.ts',
    find: 'return [...openings, ...others.toSorted((a, b) => timeOf(a) - timeOf(b))];',
    put: 'return [...openings, ...others];',
    tests: LAWS,
    test: 'are the same whenever the journal met a fact',
  },
  {
    rule: 'a lot that came without a cost has no gain until a person enters one',
    file: 'src/core/domain/tax/tax-lots.ts',
    find: 'event.cost > 0 ? event.cost : undefined',
    put: 'event.cost',
    tests: LOTS,
    test: 'is one of the beginning whose cost the broker calls 0',
  },
  {
    rule: 'the parts of a shortfall add up: what was not filled is counted from the price at decision',
    file: 'src/core/views/shortfall.ts',
    find: 'valueOf(planned, end) - valueOf(filled, end) -',
    put: 'valueOf(qty(planned - filled), end) -',
    tests: 'tests/core/views/shortfall.test.ts',
    test: 'adds up to the difference between the model on paper and the account',
  },
  {
    rule: 'a plan shows the gain as it was known when the plan was made',
    file: 'src/core/domain/tax/gains.ts',
    find: 'events.filter(({ recordedAt }) => recordedAt <= at)',
    put: 'events',
    tests: 'tests/core/views/tax.test.ts',
    test: 'does not change with what the journal meets later',
  },
  {
    rule: 'the file for tax software names a wash sale and its amount',
    file: 'src/core/views/tax-csv.ts',
    find: "isWash ? 'W' : '',",
    put: "'',",
    tests: 'tests/core/views/tax.test.ts',
    test: 'go into the file as tax software takes them',
  },
  {
    rule: 'a cost is entered only for a lot that came without a purchase',
    file: 'src/core/engine/operator-actions.ts',
    find: 'if (fault !== undefined) return closed(fault);\n',
    put: '',
    tests: 'tests/core/engine/operator-actions.test.ts',
    test: 'is refused for a lot that was bought',
  },
];
