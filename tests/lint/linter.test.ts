import { afterAll, describe, expect, it } from 'vitest';
import { createGround } from './ground.ts';

/** One line in a file, and the rule that must refuse it; without a rule it must pass. */
interface Plant {
  readonly name: string;
  readonly file: string;
  readonly line: string;
  readonly rule?: string;
}

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
    name: 'an import across folders by its way instead of by its alias',
    file: 'src/core/views/planted.ts',
    line: "import '../../ops/log.ts';",
    rule: 'style/noRestrictedImports',
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

const PLANTS = [...TIME, ...OTHERS];

describe('the linter', () => {
  const ground = createGround(PLANTS);
  afterAll(() => ground.clear());

  it.each(PLANTS.filter(({ rule }) => rule !== undefined))('rejects: $name', (plant) => {
    expect(ground.found(plant)).toContain(plant.rule);
  });

  it.each(PLANTS.filter(({ rule }) => rule === undefined))('accepts: $name', (plant) => {
    expect(ground.found(plant)).toEqual([]);
  });
});
