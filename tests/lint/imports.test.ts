import { resolve } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { importFaults, treeFaults } from '../../scripts/imports/faults.ts';
import { measureSource } from '../../scripts/measure/source.ts';
import { aliasesOf, type MeasuredTree, measureWorkingTree } from '../../scripts/measure/tree.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const ALIASES = aliasesOf(ROOT);

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
    forbidden: ['#commands/list.ts', '#models/list.ts', '#sandbox/sandbox.ts', '#src/cli/run.ts'],
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

/** A way of importing, and whether it is one that the rule allows. */
const WAYS: readonly { name: string; file: string; line: string; allowed: boolean }[] = [
  {
    name: 'core/views imports a store when it needs it',
    file: 'src/core/views/planted.ts',
    line: "export const store = await import('#core/store/journal.ts');",
    allowed: false,
  },
  {
    name: 'core/decide imports only the type of a port',
    file: 'src/core/decide/planted.ts',
    line: "export type { Broker } from '../ports.ts';",
    allowed: false,
  },
  {
    name: 'a command puts an engine together',
    file: 'src/commands/planted.ts',
    line: "import { createEngine } from '#core/engine/engine.ts';",
    allowed: false,
  },
  {
    name: 'a command takes a namespace of the engine',
    file: 'src/commands/planted.ts',
    line: "import * as all from '#core/engine/engine.ts';",
    allowed: false,
  },
  {
    name: 'a command names the type of the engine',
    file: 'src/commands/planted.ts',
    line: "export const run = (engine: import('#core/engine/engine.ts').Engine): unknown => engine;",
    allowed: true,
  },
  {
    name: 'a helper beside main.ts reads the configuration',
    file: 'src/planted.ts',
    line: "export { parseConfig } from './config.ts';",
    allowed: false,
  },
  {
    name: 'a helper beside main.ts names the type of the configuration',
    file: 'src/planted.ts',
    line: "export type { Config } from './config.ts';",
    allowed: true,
  },
  {
    name: 'a folder of a package that a room never imports',
    file: 'src/bot/charts/planted.ts',
    line: "import '@discordjs/rest';",
    allowed: false,
  },
];

const faultsOf = (file: string, line: string): readonly string[] =>
  importFaults(file, measureSource(file, line).imports, ALIASES);

describe('the table of imports', () => {
  it.each(DIRECTIONS.flatMap(({ file, allowed }) => allowed.map((from) => ({ file, from }))))(
    'allows that $file imports $from',
    ({ file, from }) => {
      expect(faultsOf(file, `import '${from}';`)).toEqual([]);
    },
  );

  it.each(DIRECTIONS.flatMap(({ file, forbidden }) => forbidden.map((from) => ({ file, from }))))(
    'forbids that $file imports $from',
    ({ file, from }) => {
      const fault = expect.stringContaining(`${file}:1 imports ${from}: `);
      expect(faultsOf(file, `import '${from}';`)).toEqual([fault]);
    },
  );

  it.each(WAYS.filter(({ allowed }) => allowed))('allows: $name', ({ file, line }) => {
    expect(faultsOf(file, line)).toEqual([]);
  });

  it.each(WAYS.filter(({ allowed }) => !allowed))('forbids: $name', ({ file, line }) => {
    expect(faultsOf(file, line)).toHaveLength(1);
  });
});

describe('the tree', () => {
  let tree: MeasuredTree;
  beforeAll(() => {
    tree = measureWorkingTree(ROOT);
  });

  it('imports nothing that the table forbids, and no files in a circle', () => {
    expect(treeFaults(tree, ALIASES)).toEqual([]);
  });

  it('would be caught with a circle that only types close', () => {
    const file = 'src/core/domain/units.ts';
    const own = tree.get(file);
    if (!own) throw new Error(`${file} is gone`);
    const closed = new Map(tree).set(file, {
      ...own,
      targets: new Set(['src/core/domain/order.ts']),
    });
    expect(treeFaults(closed, ALIASES).join()).toContain('a circle of imports: ');
  });
});
