/** Every command of the terminal by name; its parts are loaded when it is run. */
import type { Command } from './command.ts';

/** What is known of a command before its parts are loaded. */
export interface Listed {
  readonly name: string;
  readonly summary: string;
  readonly load: () => Promise<Command>;
}

/** In the order of the help. */
export const COMMANDS: readonly Listed[] = [
  {
    name: 'rankings',
    summary: 'the sectors by momentum',
    load: async () => (await import('./rankings.ts')).rankings,
  },
  {
    name: 'decide',
    summary: 'the whole decision as of a day, down to the orders; sends nothing',
    load: async () => (await import('./decide.ts')).decide,
  },
  {
    name: 'backtest',
    summary: 'the same decisions over history, filled at the next open',
    load: async () => (await import('./backtest.ts')).backtest,
  },
  {
    name: 'evidence',
    summary: 'what the models are worth: luck, settings, bad times, in plain sentences',
    load: async () => (await import('./evidence.ts')).evidence,
  },
  {
    name: 'replay',
    summary:
      'makes every recorded decision again and compares it byte by byte; exit 1 on a difference',
    load: async () => (await import('./replay.ts')).replay,
  },
  {
    name: 'sweep',
    summary: 'the same model with every setting of a grid; goes on where it was cut',
    load: async () => (await import('./sweep.ts')).sweep,
  },
  {
    name: 'walk-forward',
    summary: 'each year trades the settings that did best in the years before it',
    load: async () => (await import('./sweep.ts')).walkForwardCommand,
  },
  {
    name: 'verify',
    summary: 'every file of bars, checked row by row',
    load: async () => (await import('./verify.ts')).verify,
  },
  {
    name: 'import',
    summary: 'bars from elsewhere into the store, every row checked',
    load: async () => (await import('./import.ts')).importCommand,
  },
  {
    name: 'export',
    summary: 'bars, decisions, orders, fills, equity, lots and gains for analysis elsewhere',
    load: async () => (await import('./export.ts')).exportCommand,
  },
  {
    name: 'doctor',
    summary: 'every outside thing that Rotor needs, a line each',
    load: async () => (await import('./doctor.ts')).doctor,
  },
  {
    name: 'version',
    summary: 'what runs; --verify compares its files with the commit',
    load: async () => (await import('./version.ts')).versionCommand,
  },
  {
    name: 'settings',
    summary: 'whether Rotor would start with these settings; opens and asks nothing',
    load: async () => (await import('./settings.ts')).settings,
  },
  {
    name: 'journal verify',
    summary: 'every entry of the journal, sealed over the one before',
    load: async () => (await import('./journal.ts')).journalCommands.verify,
  },
  {
    name: 'journal facts',
    summary: 'whether this version can run on it, whose it is, which orders are open',
    load: async () => (await import('./journal.ts')).journalCommands.facts,
  },
  {
    name: 'journal kinds',
    summary: 'the kinds of entries that this version reads and writes, a line each',
    load: async () => (await import('./journal.ts')).journalCommands.kinds,
  },
  {
    name: 'journal backup',
    summary: 'a verified copy, also while Rotor runs',
    load: async () => (await import('./journal.ts')).journalCommands.backup,
  },
  {
    name: 'journal restore',
    summary: 'puts a verified backup in the journal’s place; what was there is kept',
    load: async () => (await import('./journal.ts')).journalCommands.restore,
  },
];

/** The first word of every terminal command. */
export const TERMINAL_COMMANDS: ReadonlySet<string> = new Set(
  COMMANDS.map(({ name }) => name.split(' ')[0] ?? name),
);

/** The command that the words begin with. */
export function commandOf(argv: readonly string[]): Listed | undefined {
  return COMMANDS.find(({ name }) => `${argv.join(' ')} `.startsWith(`${name} `));
}
