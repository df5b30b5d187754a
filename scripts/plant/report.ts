/** The page about planted faults: what finds each of them, and after how many simulated years. Pure. */
import type { PlantedFault } from '../../tests/simulation/planted-fault.ts';

/** The result of one fault. */
export interface Finding {
  readonly fault: string;
  /** Whether the checks that stand behind it were removed as well. */
  readonly isAlone: boolean;
  /** Simulated years, of 252 sessions. */
  readonly years: number;
  /** The law that it broke first; undefined where it broke none. */
  readonly law: string | undefined;
}

interface Row {
  readonly alone: string;
  readonly uncovered: string;
  readonly law: string;
}

const UNKNOWN: Row = { alone: 'not run', uncovered: '', law: '' };

/** The page with new findings; other faults keep what the page said of them. @param page '' where there is none. */
export function reportText(
  page: string,
  groups: Readonly<Record<string, readonly PlantedFault[]>>,
  findings: readonly Finding[],
): string {
  const rows = rowsOf(page);
  for (const finding of findings)
    rows.set(finding.fault, withFinding(rows.get(finding.fault) ?? UNKNOWN, finding));
  const sections = Object.entries(groups).map(([title, faults]) => {
    const lines = faults.map((planted) => lineOf(planted, rows.get(planted.fault) ?? UNKNOWN));
    return `## ${title}\n\n${HEAD}\n${lines.join('\n')}\n`;
  });
  const all = Object.values(groups)
    .flat()
    .map(({ fault }) => rows.get(fault) ?? UNKNOWN);
  const byItself = all.filter(({ alone }) => isYears(alone)).length;
  const uncovered = all.filter((row) => !isYears(row.alone) && isYears(row.uncovered)).length;
  return `# Planted faults

Written by \`npm run plant -- --report\`. Each fault is planted in a copy of the code, and stories of 24
sessions with the usual mix of everything that goes wrong are simulated from seed 1, until a law is broken
that holds without the fault. Nothing is forced: the figures are ordinary simulated years, of 252 sessions.
Where a second check keeps a fault from doing any harm, both are removed in the third column.

Of ${all.length} faults ${byItself} are found by themselves, and ${uncovered} more once the second check is removed too.

${sections.join('\n')}`;
}

const HEAD =
  '| fault | found in years | without its second check | by the law, or why it is not found |\n|---|---|---|---|';

function lineOf(
  { fault, coveredBy = [], unfound = '' }: PlantedFault,
  { alone, uncovered, law }: Row,
): string {
  const checks = coveredBy.map(({ check }) => check).join('; ');
  const second = checks === '' ? '' : `${uncovered || 'not run'} (${checks})`;
  const isFound = isYears(alone) || isYears(uncovered);
  return `| ${fault} | ${alone} | ${second} | ${isFound ? law : unfound} |`;
}

/** The rows of a page by fault. */
function rowsOf(page: string): Map<string, Row> {
  const cells = page
    .split('\n')
    .filter((line) => line.startsWith('| '))
    .map((line) => line.split('|').map((cell) => cell.trim()));
  return new Map(
    cells.map(([, fault = '', alone = '', second = '', law = '']) => {
      const uncovered = second.replace(/ \(.*\)$/, '');
      return [fault, { alone, uncovered, law }];
    }),
  );
}

function withFinding(row: Row, { isAlone, years, law }: Finding): Row {
  const before = Number.parseFloat((isAlone ? row.alone : row.uncovered).replace('not in ', ''));
  // A search that ends sooner than an earlier one says nothing new.
  if (law === undefined && before > years) return row;
  const figure = law === undefined ? `not in ${years.toFixed(1)}` : years.toFixed(1);
  return {
    ...row,
    ...(isAlone ? { alone: figure } : { uncovered: figure }),
    law: law ?? row.law,
  };
}

function isYears(cell: string): boolean {
  return /^\d/.test(cell);
}
