/**
 * Who may import what. `npm run imports` (part of `npm run lint`) checks the whole tree against this table.
 */

/** Imports allowed in the files of one room, besides each other. */
export interface ImportRule {
  /** A folder, with a trailing slash, or a file. The longest match of a file is its rule. */
  readonly room: string;
  /** Folders (`src/` is all of src), files, and `src/*` for files directly in src. */
  readonly imports: readonly string[];
  /** Files from which only types and classes may be imported: names with a capital letter. */
  readonly types?: readonly string[];
  /** Packages that must not be imported, a scope with its slash; `all` includes those of Node. */
  readonly never?: readonly string[] | 'all';
  /** The reason in one sentence, printed with each violation. */
  readonly because: string;
}

const DOMAIN = 'src/core/domain/';
const RULES = 'src/core/rules/';
const CONTRACTS = ['src/core/ports.ts', 'src/core/errors.ts'];
const THREAD = 'src/isolated-thread.ts';
const MACHINE = [
  ...[DOMAIN, 'src/core/decide/', 'src/core/engine/'],
  ...['src/core/scheduler.ts', 'src/core/events.ts', ...CONTRACTS],
];
const FACE = [
  ...[DOMAIN, 'src/core/views/', 'src/core/events.ts', 'src/core/studies.ts', ...CONTRACTS],
];
const ENGINE_TYPE = ['src/core/engine/engine.ts'];

const DISCORD = ['discord.js', '@discordjs/'];
const CHARTS = ['chart.js', '@napi-rs/', 'quickchart-js'];
const BARS = ['hyparquet', 'hyparquet-compressors', 'parquetjs-lite', 'apache-arrow'];
const BROKER = ['@alpacahq/'];
const JOURNAL = ['better-sqlite3'];
const CRON = ['node-cron'];
const OUTSIDE = [...BROKER, ...JOURNAL, ...BARS, ...CRON];

/** One rule for each room; files without one are scripts or tests, which may import everything. */
export const IMPORT_RULES: readonly ImportRule[] = [
  {
    room: DOMAIN,
    imports: [],
    never: 'all',
    because: 'core/domain imports only itself',
  },
  {
    room: RULES,
    imports: [DOMAIN],
    never: 'all',
    because: 'core/rules imports only core/domain',
  },
  {
    room: 'src/core/decide/',
    imports: [DOMAIN, RULES],
    never: 'all',
    because: 'core/decide imports only core/domain and core/rules',
  },
  {
    room: 'src/core/views/',
    imports: [DOMAIN],
    never: 'all',
    because: 'core/views imports only core/domain',
  },
  {
    room: 'src/core/engine/',
    imports: MACHINE,
    never: 'all',
    because: 'the engine imports only domain, decide, scheduler, ports, events and errors of core',
  },
  {
    room: 'src/core/scheduler.ts',
    imports: MACHINE,
    never: 'all',
    because: 'the scheduler imports only domain, decide, engine, ports, events and errors of core',
  },
  {
    room: 'src/core/backtest.ts',
    imports: [DOMAIN, RULES, 'src/core/decide/', 'src/core/backtest/', ...CONTRACTS],
    never: 'all',
    because: 'the backtest imports only domain, rules, decide, ports and errors of core',
  },
  {
    room: 'src/core/backtest/',
    imports: [DOMAIN, RULES, 'src/core/decide/', ...CONTRACTS],
    never: 'all',
    because: 'the backtest imports only domain, rules, decide, ports and errors of core',
  },
  {
    room: 'src/core/replay/',
    imports: [DOMAIN, 'src/core/decide/', 'src/core/store/codec.ts', ...CONTRACTS],
    never: 'all',
    because: 'the replay imports only domain, decide, ports, errors and the codec of the journal',
  },
  {
    room: 'src/core/evidence/',
    imports: [DOMAIN, RULES, 'src/core/backtest/'],
    never: [...OUTSIDE, ...DISCORD, ...CHARTS],
    because: 'the evidence imports only domain, rules and backtest of core, and the normal law',
  },
  ...['src/core/ports.ts', 'src/core/events.ts', 'src/core/errors.ts', 'src/core/*'].map(
    (room): ImportRule => ({
      room,
      imports: [DOMAIN],
      never: 'all',
      because: 'what stands right in core imports only core/domain',
    }),
  ),
  {
    room: 'src/core/market/',
    imports: [DOMAIN, ...CONTRACTS, THREAD],
    never: [...JOURNAL, ...DISCORD, ...CHARTS, ...CRON],
    because:
      'core/market is an edge: bars, and of Rotor only threads and domain, ports and errors of core',
  },
  {
    room: 'src/core/market-time/',
    imports: [DOMAIN, ...CONTRACTS],
    never: [...OUTSIDE, ...DISCORD, ...CHARTS],
    because: 'the market time imports only domain, ports and errors of core, and no package',
  },
  {
    room: 'src/core/broker/',
    imports: [DOMAIN, ...CONTRACTS],
    never: [...JOURNAL, ...BARS, ...DISCORD, ...CHARTS, ...CRON],
    because:
      'core/broker is an edge: the broker, and of Rotor only domain, ports and errors of core',
  },
  {
    room: 'src/core/store/',
    imports: [DOMAIN, ...CONTRACTS],
    never: [...BROKER, ...BARS, ...DISCORD, ...CHARTS, ...CRON],
    because:
      'core/store is an edge: the journal, and of Rotor only domain, ports and errors of core',
  },
  {
    room: 'src/models/',
    imports: [DOMAIN, RULES],
    never: 'all',
    because: 'models import only core/domain and core/rules',
  },
  {
    room: 'src/bot/',
    imports: FACE,
    types: ENGINE_TYPE,
    never: OUTSIDE,
    because:
      'bot imports only views, events, domain, ports and errors of core and the type of the engine',
  },
  {
    room: 'src/bot/charts/',
    imports: ['src/bot/', ...FACE, THREAD],
    types: ENGINE_TYPE,
    never: [...OUTSIDE, ...DISCORD],
    because: 'a chart knows nothing of Discord',
  },
  {
    room: 'src/commands/',
    imports: ['src/bot/', ...FACE],
    types: ENGINE_TYPE,
    never: OUTSIDE,
    because: 'commands import only bot and what bot imports',
  },
  {
    room: 'src/ops/',
    imports: ['src/core/', 'src/bot/', 'src/config/', 'src/*'],
    because: 'ops runs the process: it imports core, bot and the configuration',
  },
  {
    room: 'src/',
    imports: ['src/'],
    types: ['src/config.ts'],
    because:
      'only app.ts, main.ts and cli.ts read the configuration; src never imports the sandbox',
  },
  ...['src/main.ts', 'src/app.ts', 'src/cli.ts', 'src/cli/', 'src/config/'].map((room) => ({
    room,
    imports: ['src/', 'package.json'],
    because: 'src never imports the sandbox, tests or scripts',
  })),
  {
    room: 'sandbox/',
    imports: [DOMAIN, 'src/core/market/', 'src/core/market-time/', ...CONTRACTS],
    never: DISCORD,
    because:
      'the sandbox imports only domain, market, ports and errors of core and the market time',
  },
];
