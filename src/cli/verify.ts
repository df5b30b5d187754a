import { verifyFolder } from '#core/market/verify.ts';
import { barFolder, latestDay } from './bars.ts';
import type { Command } from './command.ts';
import { table } from './text.ts';

export const verify: Command = {
  name: 'verify',
  summary: 'every file of bars, checked row by row',
  usage: '',
  options: {},
  async run(values, parts) {
    const report = await verifyFolder([barFolder(values, parts.env)], latestDay(parts));
    const rows = report.files.map(({ ticker, verdict, rows: count, first, last }) => [
      ticker,
      verdict,
      String(count),
      first ?? '-',
      last ?? '-',
    ]);
    const problems = report.files.flatMap(({ ticker, problems: found }) =>
      found.map((problem) => `${ticker}: ${problem}`),
    );
    const text = report.files.length === 0 ? 'No TICKER_1D.parquet files here.' : table(rows);
    return { exit: 0, json: report, text: [text, ...problems].join('\n'), remarks: [] };
  },
};
