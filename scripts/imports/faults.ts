/** Checks imports against the table of rules. */
import { dirname } from 'node:path/posix';
import { circlesOf } from '../measure/graph.ts';
import type { MeasuredImport } from '../measure/source.ts';
import { type Aliases, type MeasuredTree, resolveImport } from '../measure/tree.ts';
import { IMPORT_RULES, type ImportRule } from './rules.ts';

/** A line for each import of a tree that the table does not allow, and for each import cycle. */
export function treeFaults(tree: MeasuredTree, aliases: Aliases): readonly string[] {
  const files = [...tree.values()];
  const graph = new Map(files.map(({ file, targets }) => [file, targets]));
  return [
    ...files.flatMap(({ file, imports }) => importFaults(file, imports, aliases)),
    ...circlesOf(graph).map((circle) => `a circle of imports: ${circle.join(', ')}`),
  ];
}

/** A line for each import of one file that its rule does not allow; none for a folder without a rule. */
export function importFaults(
  file: string,
  imports: readonly MeasuredImport[],
  aliases: Aliases,
): readonly string[] {
  const rule = ruleOf(file);
  if (!rule) return [];
  return imports
    .filter((each) => !isAllowed(rule, each, resolveImport(file, each.from, aliases)))
    .map(({ from, line }) => `${file}:${line} imports ${from}: ${rule.because}`);
}

function ruleOf(file: string): ImportRule | undefined {
  return IMPORT_RULES.filter(({ room }) => isIn(file, room)).toSorted(
    (a, b) => b.room.length - a.room.length,
  )[0];
}

function isIn(file: string, place: string): boolean {
  if (place.endsWith('/*')) return dirname(file) === place.slice(0, -2);
  return place.endsWith('/') ? file.startsWith(place) : file === place;
}

function isAllowed(rule: ImportRule, found: MeasuredImport, target: string | undefined): boolean {
  if (target === undefined) return isAllowedPackage(rule, found.from);
  if (rule.types?.includes(target)) return isTypesOnly(found);
  return [rule.room, ...rule.imports].some((place) => isIn(target, place));
}

function isAllowedPackage({ never = [] }: ImportRule, from: string): boolean {
  if (never === 'all') return false;
  return !never.some((name) =>
    name.endsWith('/') ? from.startsWith(name) : from === name || from.startsWith(`${name}/`),
  );
}

function isTypesOnly({ typeOnly, names }: MeasuredImport): boolean {
  return typeOnly || (names.length > 0 && names.every((name) => /^[A-Z]/.test(name)));
}
