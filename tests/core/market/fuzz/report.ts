/** The counts as tables: regime or kind down, outcome across. */
import { FORGED } from './mutations.ts';
import type { Counted } from './run.ts';
import { OUTCOMES, REGIMES } from './run.ts';

/** A read that took longer would hold up whatever waits for the bars, milliseconds. */
export const LONGEST = 2_000;

export function report(counted: readonly Counted[]): string {
  const kinds = [...new Set(counted.map(({ kind }) => kind))].toSorted();
  const byRegime = REGIMES.map((regime) =>
    row(
      regime,
      counted.filter((one) => one.regime === regime),
    ),
  );
  const hashed = counted.filter(({ regime }) => regime === 'listed' || regime === 'list');
  const bare = counted.filter(({ regime }) => regime === 'found' || regime === 'imported');
  const section = (of: readonly Counted[]): readonly (readonly string[])[] =>
    kinds.map((kind) =>
      row(
        kind,
        of.filter((one) => one.kind === kind),
      ),
    );
  const took = counted.map((one) => one.took).toSorted((a, b) => a - b);
  const at = (share: number): string =>
    `${(took[Math.ceil(took.length * share) - 1] ?? 0).toFixed(1)} ms`;
  const passed = bare.filter(({ outcome }) => outcome === 'different');
  const off = passed.filter(({ kind }) => !FORGED.has(kind)).map((one) => one.closeOff);
  const over = (limit: number): number => off.filter((each) => each > limit).length;
  return [
    ...lines([head('regime'), ...byRegime]),
    '',
    ...lines([head('with a hash'), ...section(hashed)]),
    '',
    ...lines([head('without a hash'), ...section(bare)]),
    '',
    `without a hash, different by damage: ${off.length} (by forgery: ${passed.length - off.length}); a close is off in ${over(0)}, by more than 0.05 % in ` +
      `${over(5e-4)}, by more than 5 % in ${over(0.05)}`,
    `a read takes ${at(0.5)} (median), ${at(0.99)} (99 %), ${at(1)} (longest); over 2 s: ` +
      `${took.filter((each) => each > LONGEST).length}`,
  ].join('\n');
}

function head(name: string): readonly string[] {
  return [name, 'files', ...OUTCOMES];
}

function row(name: string, of: readonly Counted[]): readonly string[] {
  const count = (outcome: string): string =>
    String(of.filter((one) => one.outcome === outcome).length);
  return [name, String(of.length), ...OUTCOMES.map(count)];
}

function lines(table: readonly (readonly string[])[]): readonly string[] {
  const widths = (table[0] ?? []).map((_, at) =>
    Math.max(...table.map((cells) => cells[at]?.length ?? 0)),
  );
  return table.map((cells) =>
    cells
      .map((cell, at) => (at === 0 ? cell.padEnd(widths[at] ?? 0) : cell.padStart(widths[at] ?? 0)))
      .join('  '),
  );
}

/** What must never be, in a sentence each; empty when all is well. */
export function wrongs(counted: readonly Counted[]): readonly string[] {
  return counted.flatMap((one) => {
    const { regime, kind, original, outcome, took, reason } = one;
    const isHashed = regime === 'listed' || regime === 'list';
    const isBad =
      outcome === 'unmarked' ||
      outcome === 'mute' ||
      (isHashed && (outcome === 'different' || outcome === 'fewer'));
    const what = `${regime}, ${kind}, ${original}: ${outcome} ${reason}`;
    return [
      ...(isBad ? [what] : []),
      ...(took > LONGEST ? [`${what}, took ${Math.round(took)} ms`] : []),
    ];
  });
}
