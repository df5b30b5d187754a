/** Answers of studies by hand, for what shows them. */
import type { MonthParity } from '#core/domain/month-parity.ts';
import { cents, sessionDate } from '#core/domain/units.ts';
import type { NoAnswer, Studies, StudyAnswer, StudyCurves, StudyRequest } from '#core/studies.ts';

const CURVES: StudyCurves = {
  dates: ['2016-01-04', '2021-01-04', '2025-11-14'].map(sessionDate),
  lines: [
    { name: 'You', values: [1, 1.6, 2.47] },
    { name: 'SPY', values: [1, 2, 3.94] },
    { name: 'All sectors', values: [1, 1.8, 3.2] },
  ],
  band: { low: [1, 1.4, 2.1], high: [1, 2.1, 3.9] },
};

const section = (title: string, ...lines: string[]) => ({ title, lines });

const TABLE = [
  '            a year   worst fall',
  'Rotor         9.6%        28.1%',
  'SPY          14.9%        33.7%',
];

export const ANSWERS: StudyAnswer = {
  evidence: {
    kind: 'evidence',
    screens: {
      first: [
        section('EVIDENCE', '2016-01-04 - 2025-11-14', '', ...TABLE),
        section('IN ONE SENTENCE', 'Ten years give no sign that', 'these models beat SPY.'),
      ],
      luck: [section('LUCK OR SKILL?', '78 of 100 did better.')],
      settings: [section('ARE THE SETTINGS SPECIAL?', '510 settings tried.')],
      'bad-times': [section('WHEN IT HURT', 'Down 28.1% in 23 days.')],
      'how-to-read': [section('THE TABLE', 'Growth a year.')],
    },
    verdict: 'Ten years give no sign that these models beat simply holding SPY; behind so far.',
    curves: CURVES,
    settings: 510,
    key: 'abc123',
  },
  backtest: {
    kind: 'backtest',
    sections: [section('ALL MODELS', '2016-01-04 - 2025-11-14', '', ...TABLE)],
    curves: { dates: CURVES.dates, lines: CURVES.lines.slice(0, 2) },
    settings: 1,
    key: 'b1',
  },
  'what-if': {
    kind: 'what-if',
    sections: [section('WHAT IF', 'lookback 126 -> 90'), section('SINCE 2016-01-04', ...TABLE)],
    curves: { dates: CURVES.dates, lines: CURVES.lines },
    settings: 18,
    key: 'w1',
  },
  parity: { kind: 'parity', equal: 12, of: 12, notKept: 0, differences: [] },
  export: { kind: 'export', files: [{ name: 'fills.csv', text: 'id\r\n', rows: 0 }] },
};

type Given = { readonly [K in keyof StudyAnswer]?: StudyAnswer[K] | NoAnswer };

/** Studies that answer at once with what is given; `asked` takes each question. */
export function answering(given: Given = {}, asked: StudyRequest[] = []): Studies {
  return {
    ask: async <K extends StudyRequest['kind']>(
      request: Extract<StudyRequest, { kind: K }>,
    ): Promise<StudyAnswer[K] | NoAnswer> => {
      asked.push(request);
      const kind = request.kind as K;
      const answer: StudyAnswer[K] | NoAnswer | undefined = given[kind];
      return answer ?? ANSWERS[kind];
    },
  };
}

/** A month beside its backtest: $12.34 less, of five causes. */
export const MONTH: MonthParity = {
  from: sessionDate('2024-05-31'),
  to: sessionDate('2024-06-28'),
  account: cents(98_766),
  backtest: cents(100_000),
  parts: {
    ...{ price: cents(-600), size: cents(150), cost: cents(216) },
    ...{ timing: cents(-1_000), flows: cents(0), person: cents(0) },
  },
  residual: cents(0),
};
