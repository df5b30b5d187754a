/** Every terminal command by name; its modules are loaded when it runs. */
import type { Command } from './command.ts';

/** Description of a command before its modules are loaded. */
export interface Listed {
  readonly name: string;
  readonly summary: string;
  readonly load: () => Promise<Command>;
}

/** In the order of the help text. */
export const COMMANDS: readonly Listed[] = [
  {
    name: 'rankings',
    summary: 'the sectors by momentum',
    load: async () => (await import('./rankings.ts')).rankings,
  },
  {
    name: 'decide',
    summary: 'the full decision as of a day, down to the orders; sends nothing',
    load: async () => (await import('./decide.ts')).decide,
  },
  {
    name: 'backtest',
    summary: 'runs the models over history, filled at the next open',
    load: async () => (await import('./backtest.ts')).backtest,
  },
  {
    name: 'evidence',
    summary: 'how good the models are: luck, settings, bad times, in plain sentences',
    load: async () => (await import('./evidence.ts')).evidence,
  },
  {
    name: 'replay',
    summary: 'repeats every recorded decision and compares it byte by byte; exit 1 on a difference',
    load: async () => (await import('./replay.ts')).replay,
  },
  {
    name: 'sweep',
    summary:
      'runs every setting of a grid, for one model or several; continues where it was interrupted',
    load: async () => (await import('./sweep.ts')).sweep,
  },
  {
    name: 'walk-forward',
    summary: 'each year trades the settings that did best in the years before it',
    load: async () => (await import('./walk-forward.ts')).walkForward,
  },
  {
    name: 'verify',
    summary: 'checks every file of bars, row by row',
    load: async () => (await import('./verify.ts')).verify,
  },
  {
    name: 'import',
    summary: 'imports bars from other files into the store, every row checked',
    load: async () => (await import('./import.ts')).importCommand,
  },
  {
    name: 'export',
    summary: 'bars, decisions, orders, fills, equity, lots and gains for analysis elsewhere',
    load: async () => (await import('./export.ts')).exportCommand,
  },
  {
    name: 'doctor',
    summary: 'checks everything that Rotor needs from outside, one line each',
    load: async () => (await import('./doctor.ts')).doctor,
  },
  {
    name: 'version',
    summary: 'what runs; --verify compares its files with the commit',
    load: async () => (await import('./version.ts')).versionCommand,
  },
  {
    name: 'settings',
    summary: 'whether Rotor would start with these settings; contacts nobody',
    load: async () => (await import('./settings.ts')).settings,
  },
  {
    name: 'journal verify',
    summary: 'checks every entry of the journal and its hash chain',
    load: async () => (await import('./journal.ts')).journalCommands.verify,
  },
  {
    name: 'journal facts',
    summary: 'whether this version can read it, which account it belongs to, which orders are open',
    load: async () => (await import('./journal.ts')).journalCommands.facts,
  },
  {
    name: 'journal kinds',
    summary: 'the kinds of entries that this version reads and writes, one per line',
    load: async () => (await import('./journal.ts')).journalCommands.kinds,
  },
  {
    name: 'journal backup',
    summary: 'a verified copy, also while Rotor runs',
    load: async () => (await import('./journal.ts')).journalCommands.backup,
  },
  {
    name: 'journal restore',
    summary: 'replaces the journal with a verified backup; the old one is kept',
    load: async () => (await import('./journal.ts')).journalCommands.restore,
  },
];

/** The first word of every terminal command. */
export const TERMINAL_COMMANDS: ReadonlySet<string> = new Set(
  COMMANDS.map(({ name }) => name.split(' ')[0] ?? name),
);

/** The command named by the first words. */
export function commandOf(argv: readonly string[]): Listed | undefined {
  return COMMANDS.find(({ name }) => `${argv.join(' ')} `.startsWith(`${name} `));
}
