import { lastFinalSession } from '#core/domain/calendar.ts';
import { epochMs } from '#core/domain/units.ts';
import { peers, UNIVERSE } from '#core/domain/universe.ts';
import { noFilesReason } from '#core/market/files/folder.ts';
import { type VerifyReport, verifyFolder } from '#core/market/files/verify.ts';
import { barFolder, latestDay } from './bars.ts';
import type { Command } from './command.ts';
import { table } from './text.ts';

/** A file was rejected or there was none; the same as for `import`. */
const REFUSED = 2;

/** `rotor verify`. */
export const verify: Command = {
  usage: '',
  options: {},
  async run(values, parts) {
    const closed = lastFinalSession(epochMs(parts.now())).date;
    const folder = barFolder(values, parts.env);
    const report = await verifyFolder([folder], latestDay(parts), {
      peers: peers(UNIVERSE),
      closed,
    });
    const problems = report.files.flatMap(({ ticker, problems: found }) =>
      found.map((problem) => `${ticker}: ${problem}`),
    );
    const isEmpty = report.files.length === 0;
    const text = isEmpty ? '' : [tableOf(report), ...problems].join('\n');
    const remarks = isEmpty ? [await noFilesReason(folder)] : [];
    const isSound = !isEmpty && report.files.every(({ verdict }) => verdict !== 'refused');
    return { exit: isSound ? 0 : REFUSED, json: report, text, remarks };
  },
};

/** AGE: sessions closed since the last row. */
const HEAD = ['', '', 'rows', 'first', 'last', 'age', 'source', 'findings'];

function tableOf({ files }: VerifyReport): string {
  const rows = files.map((file) => [
    file.ticker,
    file.verdict,
    `${file.rows}`,
    file.first ?? '-',
    file.last ?? '-',
    `${file.ageSessions ?? '-'}`,
    [file.source, file.feed, file.adjustment].filter((word) => word !== null).join(' ') || '-',
    `${file.findings.length}`,
  ]);
  return table([HEAD, ...rows]);
}
