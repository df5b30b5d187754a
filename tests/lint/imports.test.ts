import { afterAll, describe, expect, it } from 'vitest';
import { createGround } from './ground.ts';

/** Where a file stands, what it may import from there, and what it may not. */
interface Direction {
  readonly file: string;
  readonly allowed: readonly string[];
  readonly forbidden: readonly string[];
}

const DIRECTIONS: readonly Direction[] = [
  {
    file: 'src/core/domain/planted.ts',
    allowed: ['./units.ts'],
    forbidden: ['../errors.ts', '#core/ports.ts', 'node:fs', 'zod', '#models/list.ts'],
  },
  {
    file: 'src/core/decide/planted.ts',
    allowed: ['./plan.ts', '../domain/units.ts', '#core/domain/units.ts'],
    forbidden: ['../ports.ts', '#core/store/journal.ts', '../views/status.ts', 'node:crypto'],
  },
  {
    file: 'src/core/views/planted.ts',
    allowed: ['./status.ts', '#core/domain/units.ts'],
    forbidden: ['../engine/engine.ts', '../decide/plan.ts', '#bot/bot.ts', 'discord.js'],
  },
  {
    file: 'src/core/engine/execution/planted.ts',
    allowed: ['../parts.ts', './sizing.ts', '#core/decide/plan.ts', '#core/ports.ts'],
    forbidden: ['../../views/status.ts', '#core/broker/client.ts', '#models/list.ts', 'node:fs'],
  },
  {
    file: 'src/ops/planted.ts',
    allowed: [
      './pulse.ts',
      '#core/views/header.ts',
      '#core/domain/account-state.ts',
      'prom-client',
    ],
    forbidden: ['#commands/list.ts', '#models/list.ts', '#sandbox/sandbox.ts', '../config.ts'],
  },
  {
    file: 'src/core/scheduler.ts',
    allowed: ['./domain/calendar.ts', './errors.ts'],
    forbidden: ['node-cron', './market/bar-store.ts', '#src/time.ts'],
  },
  {
    file: 'src/core/engine/planted.ts',
    allowed: ['./parts.ts', '../domain/units.ts', '../decide/plan.ts', '../scheduler.ts'],
    forbidden: ['../broker/client.ts', '#models/list.ts', '../views/status.ts', 'node:fs'],
  },
  {
    file: 'src/core/ports.ts',
    allowed: ['./domain/units.ts'],
    forbidden: ['./scheduler.ts', './store/journal.ts', 'zod'],
  },
  {
    file: 'src/core/market/planted.ts',
    allowed: ['./bars.ts', '../domain/bar.ts', '#core/ports.ts', '../errors.ts', 'hyparquet'],
    forbidden: ['../broker/client.ts', '#core/store/journal.ts', '../decide/plan.ts', 'discord.js'],
  },
  {
    file: 'src/core/broker/planted.ts',
    allowed: ['./client.ts', '#core/domain/order.ts', '../errors.ts', '@alpacahq/alpaca-trade-api'],
    forbidden: [
      '../market/bars.ts',
      './../store/journal.ts',
      '../decide/plan.ts',
      '../engine/engine.ts',
    ],
  },
  {
    file: 'src/core/store/planted.ts',
    allowed: ['./database.ts', '../domain/entry.ts', '../ports.ts', 'better-sqlite3'],
    forbidden: ['../market/bars.ts', '#core/broker/client.ts', '../views/status.ts', '#src/log.ts'],
  },
  {
    file: 'src/models/planted.ts',
    allowed: ['./rotation.ts', '#core/domain/model.ts'],
    forbidden: ['#core/decide/momentum.ts', '#core/ports.ts', 'node:fs', '../config.ts'],
  },
  {
    file: 'src/bot/planted.ts',
    allowed: ['./format.ts', '#bot/posts/header.ts', '#core/views/status.ts', 'discord.js'],
    forbidden: [
      '../config.ts',
      '#core/broker/client.ts',
      '#core/decide/plan.ts',
      '#commands/list.ts',
    ],
  },
  {
    file: 'src/bot/posts/planted.ts',
    allowed: ['./header.ts', '../format.ts', '#core/events.ts', '#core/ports.ts'],
    forbidden: [
      '../../core/store/journal.ts',
      '#core/scheduler.ts',
      'better-sqlite3',
      '#src/log.ts',
    ],
  },
  {
    file: 'src/bot/charts/planted.ts',
    allowed: ['chart.js', '#core/views/alpha.ts'],
    forbidden: ['discord.js', '#core/market/bars.ts'],
  },
  {
    file: 'src/commands/planted.ts',
    allowed: ['#bot/router.ts', '#core/views/status.ts', '#core/domain/units.ts', 'discord.js'],
    forbidden: [
      '#core/broker/client.ts',
      '#core/decide/plan.ts',
      '#models/list.ts',
      '../config.ts',
    ],
  },
  {
    file: 'sandbox/alpaca/planted.ts',
    allowed: ['../time/market-time.ts', '#core/domain/units.ts', '#core/market/bars.ts'],
    forbidden: ['#bot/bot.ts', '#commands/list.ts', '#core/engine/engine.ts', '#src/config.ts'],
  },
  {
    file: 'src/planted.ts',
    allowed: ['#core/domain/units.ts'],
    forbidden: ['#sandbox/start.ts', './config.ts', '#tests/support/log.ts'],
  },
  {
    file: 'src/main.ts',
    allowed: ['./config.ts', '#core/store/journal.ts'],
    forbidden: ['#tests/support/log.ts', '#sandbox/sandbox.ts'],
  },
];

/** One line in a file, and the rule that must refuse it; without a rule it must pass. */
interface Plant {
  readonly name: string;
  readonly file: string;
  readonly line: string;
  readonly rule?: string;
}

const IMPORTS: readonly Plant[] = DIRECTIONS.flatMap(({ file, allowed, forbidden }) => [
  ...allowed.map((from) => ({ name: `${file} imports ${from}`, file, line: `import '${from}';` })),
  ...forbidden.map((from) => ({
    name: `${file} imports ${from}`,
    file,
    line: `import '${from}';`,
    rule: 'style/noRestrictedImports',
  })),
]);

const PURE = ['domain', 'decide', 'views', 'engine'].map((name) => `src/core/${name}/planted.ts`);

const TIME: readonly Plant[] = [...PURE, 'src/core/scheduler.ts', 'src/models/planted.ts'].flatMap(
  (file) => [
    {
      name: `${file} reads Date.now()`,
      file,
      line: 'export const $ = Date.now();',
      rule: 'plugin',
    },
    {
      name: `${file} reads new Date()`,
      file,
      line: 'export const $ = new Date();',
      rule: 'plugin',
    },
    { name: `${file} draws chance`, file, line: 'export const $ = Math.random();', rule: 'plugin' },
    {
      name: `${file} sets a timer`,
      file,
      line: 'export const $ = setTimeout(Number, 5);',
      rule: 'style/noRestrictedGlobals',
    },
    { name: `${file} reads a given date`, file, line: 'export const $ = new Date(5);' },
  ],
);

const OTHERS: readonly Plant[] = [
  {
    name: 'core/views imports a store when it needs it',
    file: 'src/core/views/planted.ts',
    line: "export const $ = await import('#core/store/journal.ts');",
    rule: 'style/noRestrictedImports',
  },
  {
    name: 'core/decide imports only the type of a port',
    file: 'src/core/decide/planted.ts',
    line: "export type { Broker } from '../ports.ts';",
    rule: 'style/noRestrictedImports',
  },
  {
    name: 'a command puts an engine together',
    file: 'src/commands/planted.ts',
    line: "import { createEngine as $ } from '#core/engine/engine.ts';",
    rule: 'style/noRestrictedImports',
  },
  {
    name: 'a command names the type of the engine',
    file: 'src/commands/planted.ts',
    line: "export const $ = (engine: import('#core/engine/engine.ts').Engine): unknown => engine;",
  },
  {
    name: 'a helper beside main.ts names the type of the configuration',
    file: 'src/planted.ts',
    line: "export type { Config } from './config.ts';",
  },
  {
    name: 'a store reads the environment',
    file: 'src/core/store/planted.ts',
    line: "export const $ = process.env['A'];",
    rule: 'style/noProcessEnv',
  },
  {
    name: 'main.ts reads the environment',
    file: 'src/main.ts',
    line: "export const $ = process.env['A'];",
  },
  {
    name: 'a promise is left alone',
    file: 'src/bot/planted.ts',
    line: 'Promise.resolve(1);',
    rule: 'nursery/noFloatingPromises',
  },
  {
    name: 'an enum',
    file: 'src/bot/planted.ts',
    line: 'export enum $ { A }',
    rule: 'style/noEnum',
  },
  {
    name: 'a parameter property',
    file: 'src/bot/planted.ts',
    line: 'export class $ { constructor(readonly a: string) {} }',
    rule: 'style/noParameterProperties',
  },
  {
    name: 'a default export',
    file: 'src/bot/planted.ts',
    line: 'export default 1;',
    rule: 'style/noDefaultExport',
  },
  {
    name: 'the console',
    file: 'src/bot/planted.ts',
    line: "console.log('a');",
    rule: 'suspicious/noConsole',
  },
  {
    name: 'any',
    file: 'src/bot/planted.ts',
    line: 'export const $ = (a: any): unknown => a;',
    rule: 'suspicious/noExplicitAny',
  },
  {
    name: 'a non-null assertion',
    file: 'src/bot/planted.ts',
    line: 'export const $ = (a?: string): number => a!.length;',
    rule: 'style/noNonNullAssertion',
  },
  {
    name: 'a file that is not named in kebab-case',
    file: 'src/bot/PlantedFile.ts',
    line: 'export const $ = 1;',
    rule: 'style/useFilenamingConvention',
  },
  {
    name: 'an import without its extension',
    file: 'src/models/planted.ts',
    line: "import { one as $ } from './one';",
    rule: 'correctness/useImportExtensions',
  },
  {
    name: 'a cycle of imports',
    file: 'src/models/one.ts',
    line: "import { v1 as $ } from './two.ts';",
    rule: 'suspicious/noImportCycles',
  },
  {
    name: 'the other half of a cycle of imports',
    file: 'src/models/two.ts',
    line: "import { v1 as $ } from './one.ts';",
    rule: 'suspicious/noImportCycles',
  },
];

const PLANTS = [...IMPORTS, ...TIME, ...OTHERS];

describe('the linter', () => {
  const ground = createGround(PLANTS);
  afterAll(() => ground.clear());

  it.each(PLANTS.filter(({ rule }) => rule !== undefined))('refuses: $name', (plant) => {
    expect(ground.found(plant)).toContain(plant.rule);
  });

  it.each(PLANTS.filter(({ rule }) => rule === undefined))('lets pass: $name', (plant) => {
    expect(ground.found(plant)).toEqual([]);
  });
});
