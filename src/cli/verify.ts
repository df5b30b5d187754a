import { verifyFolder } from '#core/market/verify.ts';
import { barFolders, latestDay } from './bars.ts';
import type { Command } from './command.ts';
import { table } from './text.ts';

export const verify: Command = {
  name: 'verify',
  summary: 'every file of bars, checked row by row',
  usage: '',
  options: {},
  async run(values, parts) {
    const files = await verifyFolder(barFolders(values, parts.env), latestDay(parts));
    const rows = files.map(({ ticker, verdict, rows: count, first, last }) => [
      ticker,
      verdict,
      String(count),
      first ?? '-',
      last ?? '-',
    ]);
    const problems = files.flatMap(({ ticker, problems: found }) =>
      found.map((problem) => `${ticker}: ${problem}`),
    );
    const text = files.length === 0 ? 'No TICKER_1D.parquet files here.' : table(rows);
    return { exit: 0, json: { files }, text: [text, ...problems].join('\n'), remarks: [] };
  },
};
