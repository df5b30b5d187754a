/** The results of mutants by file, and the report about them. Pure. */
import { dirname } from 'node:path';
import type { Equivalent } from './equivalent.ts';
import type { Mutant } from './mutants.ts';

/** Result of the last run of one file. */
export interface FileResult {
  readonly mutants: number;
  readonly killed: number;
  readonly equivalent: number;
  /** Mutants that no test detected, as `line: from → to`. */
  readonly alive: readonly string[];
}

/** The last run of each file. */
export type Results = Readonly<Record<string, FileResult>>;

/** Whether an entry of the list means this mutant. @param text of the file. */
export function isListed(
  { file, from, to, line }: Equivalent,
  mutant: Mutant,
  text: string,
): boolean {
  const same = (one: string, other: string): boolean => oneLine(one) === oneLine(other);
  if (file !== mutant.file || !same(from, mutant.from) || !same(to, mutant.to)) return false;
  return line === undefined || (text.split('\n')[mutant.line - 1] ?? '').includes(line);
}

/** The mutant on one line. */
export function inWords({ line, from, to }: Pick<Mutant, 'line' | 'from' | 'to'>): string {
  return `${line}: ${short(from)} → ${short(to)}`;
}

function oneLine(code: string): string {
  return code.replaceAll(/\s+/g, ' ');
}

function short(code: string): string {
  const line = oneLine(code);
  return line.length > 90 ? `${line.slice(0, 60)} … ${line.slice(-25)}` : line;
}

/** The percentage killed by a test, excluding equivalent ones; a whole number, rounded down. */
export function scoreOf({ mutants, killed, equivalent }: Omit<FileResult, 'alive'>): number {
  const possible = mutants - equivalent;
  return possible === 0 ? 100 : Math.floor((killed / possible) * 100);
}

/**
 * The report.
 * @param sources every file of the reported folders, run or not.
 */
export function reportText(results: Results, sources: readonly string[]): string {
  const run = sources.filter((file) => results[file]);
  const folders = Map.groupBy(sources, (file) => dirname(file));
  const rows = [...folders].filter(([, files]) => files.some((file) => results[file]));
  return `# Mutants

Written by \`npm run mutants\`, which changes the code on purpose, one place at a time, and looks whether a
test turns red ([how](testing.md#mutants)). The score is what was killed of those that are not equivalent;
each equivalent one stands with its reason in \`scripts/mutants\`, \`equivalent*.ts\`.

| folder | files run | mutants | killed | equivalent | alive | score |
|---|---|---|---|---|---|---|
${rows.map(([folder, files]) => folderRow(folder, files, results)).join('\n')}

## Alive

${run.flatMap((file) => aliveIn(file, results[file]?.alive ?? [])).join('\n')}
## Files

| file | mutants | killed | equivalent | score |
|---|---|---|---|---|
${run.map((file) => fileRow(file, results[file])).join('\n')}
`;
}

function folderRow(folder: string, files: readonly string[], results: Results): string {
  const run = files.flatMap((file) => results[file] ?? []);
  const sum = (of: (each: FileResult) => number): number =>
    run.reduce((total, each) => total + of(each), 0);
  const sums = {
    mutants: sum(({ mutants }) => mutants),
    killed: sum(({ killed }) => killed),
    equivalent: sum(({ equivalent }) => equivalent),
  };
  const alive = sum((each) => each.alive.length);
  const part =
    run.length === files.length ? `all ${files.length}` : `${run.length} of ${files.length}`;
  return `| \`${folder}\` | ${part} | ${sums.mutants} | ${sums.killed} | ${sums.equivalent} | ${alive} | ${scoreOf(sums)} % |`;
}

function fileRow(file: string, result: FileResult | undefined): string {
  if (!result) return '';
  const { mutants, killed, equivalent } = result;
  return `| \`${file}\` | ${mutants} | ${killed} | ${equivalent} | ${scoreOf(result)} % |`;
}

function aliveIn(file: string, alive: readonly string[]): readonly string[] {
  if (alive.length === 0) return [];
  return [`\`${file}\`\n`, ...alive.map((each) => `- \`\` ${each} \`\``), ''];
}
