import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { COMMANDS } from '#commands/list.ts';
import { BLOCKS, blockIn } from '../../scripts/docs/blocks.ts';
import { TERMINAL_COMMANDS } from '../../src/cli/list.ts';
import {
  anchorOf,
  brokenLinks,
  DOCUMENTS,
  documentOf,
  firstCellsOf,
  missingPaths,
  missingTests,
  ROOT,
  scriptsIn,
  slashCommandsIn,
  terminalCommandsIn,
} from './documents.ts';

const SCRIPTS = z
  .object({ scripts: z.record(z.string(), z.string()) })
  .parse(JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'))).scripts;
const SLASH_COMMANDS = COMMANDS.map(({ definition }) => definition.name);
/** Addresses of the health server. */
const ADDRESSES = ['healthz', 'readyz', 'metrics'];

describe.each(DOCUMENTS)('$file', (document) => {
  it('has no broken link or image', () => {
    expect(brokenLinks(document)).toEqual([]);
  });

  it('names no missing path', () => {
    expect(missingPaths(document)).toEqual([]);
    expect(missingTests(document)).toEqual([]);
  });

  it('names only scripts and commands that exist', () => {
    const scripts = scriptsIn(document).filter((name) => !(name in SCRIPTS));
    const commands = terminalCommandsIn(document).filter((name) => !TERMINAL_COMMANDS.has(name));
    const slash = slashCommandsIn(document).filter(
      (name) => ![...SLASH_COMMANDS, ...ADDRESSES].includes(name),
    );
    expect([...scripts, ...commands, ...slash]).toEqual([]);
  });
});

describe('the documents', () => {
  it('are numerous enough to be checked for something', () => {
    expect(DOCUMENTS.length).toBeGreaterThan(20);
    expect(DOCUMENTS.flatMap(scriptsIn).length).toBeGreaterThan(20);
    expect(DOCUMENTS.flatMap(slashCommandsIn).length).toBeGreaterThan(50);
    expect(DOCUMENTS.flatMap(terminalCommandsIn).length).toBeGreaterThan(3);
  });

  it('can all be reached from the README', () => {
    const reached = new Set<string>();
    const visit = (file: string): void => {
      if (reached.has(file) || !file.endsWith('.md')) return;
      reached.add(file);
      const links = [...documentOf(file).text.matchAll(/\]\((?![a-z]+:|#)([^)#\s]+)/g)];
      for (const [, to = ''] of links) visit(join(file, '..', to));
    };
    visit('README.md');
    const own = DOCUMENTS.filter(({ file }) => !/^(data|tests)\//.test(file));
    expect(own.map(({ file }) => file).filter((file) => !reached.has(file))).toEqual([]);
  });

  it.each(BLOCKS.filter(({ fresh }) => fresh === 'always'))(
    'show $name as in the code; `npm run docs` updates it',
    ({ file, name, make }) => {
      expect(blockIn(documentOf(file).text, name)).toBe(make());
    },
  );

  it.each(BLOCKS)('have a place for $name in $file', ({ file, name }) => {
    expect(blockIn(documentOf(file).text, name)).toMatch(/^.{40}/s);
  });
});

describe('the README', () => {
  const { text } = documentOf('README.md');

  it('has at most 130 lines', () => {
    expect(text.trimEnd().split('\n').length).toBeLessThanOrEqual(130);
  });

  it('begins with how to run and how to test it', () => {
    const commands = [...text.matchAll(/^```sh\n(.+)\n```$/gm)].map(([, command]) => command);
    expect(commands).toEqual(['npm ci && npm start', 'npm ci && npm test']);
  });

  it('connects the accounts in ten numbered steps', () => {
    const steps = text.split('## Connect your accounts')[1]?.split('\n## ')[0] ?? '';
    expect([...steps.matchAll(/^(\d+)\. /gm)].map(([, n]) => Number(n))).toEqual([
      1, 2, 3, 4, 5, 6, 7, 8, 9, 10,
    ]);
  });
});

describe('the document of commands', () => {
  const { text } = documentOf('docs/commands.md');
  const table = text.split('### Roles')[0] ?? '';

  it('lists every slash command with the role that it needs', () => {
    const rows = new Map(
      table
        .split('\n')
        .filter((line) => line.startsWith('| `/'))
        .flatMap((line) =>
          firstCellsOf(line).map((name) => [name.slice(1), line.split('|')[2]?.trim()] as const),
        ),
    );
    const needed = COMMANDS.map(({ definition, access }) => [definition.name, access] as const);
    expect([...rows].toSorted()).toEqual([...needed].toSorted());
  });

  it('lists every command of the terminal', () => {
    const named = firstCellsOf(text.split('## In the terminal')[1] ?? '').map(
      (cell) => cell.split(' ')[0] ?? '',
    );
    expect(new Set(named)).toEqual(new Set(TERMINAL_COMMANDS));
  });
});

describe('the document of metrics', () => {
  it('lists every metric that is served, and no other', () => {
    const code = readFileSync(join(ROOT, 'src/ops/metrics.ts'), 'utf8');
    const served = new Set([...code.matchAll(/'(rotor_\w+)'/g)].map(([, name]) => name));
    const named = firstCellsOf(documentOf('docs/health-and-metrics.md').text);
    expect(served.size).toBeGreaterThan(20);
    expect(new Set(named.filter((name) => name.startsWith('rotor_')))).toEqual(served);
  });
});

describe('the check of commands in documents', () => {
  const document = { file: 'docs/a.md', text: '`rotor gone`, `npm run rotor -- gone-too --x`' };

  it('recognises terminal commands in any notation', () => {
    expect(terminalCommandsIn(document)).toEqual(['gone-too', 'gone']);
  });

  it('finds a missing test', () => {
    const text = 'npx vitest run tests/repository tests/gone.test.ts';
    expect(missingTests({ file: 'docs/a.md', text })).toEqual(['tests/gone.test.ts']);
  });
});

describe('the check of links in documents', () => {
  const broken = (text: string): readonly string[] => brokenLinks({ file: 'docs/a.md', text });

  it('finds a missing file, a missing heading and a missing picture', () => {
    expect(broken('[a](gone.md) [b](export.md#gone) <img src="gone.png">')).toEqual([
      'gone.md',
      'export.md#gone',
      'gone.png',
    ]);
  });

  it('accepts valid links and web addresses', () => {
    expect(broken('[a](../README.md#run-it) [b](https://example.org/x)')).toEqual([]);
  });

  it('creates anchors as GitHub does', () => {
    expect(anchorOf('What `rotor export` writes')).toBe('what-rotor-export-writes');
    expect(anchorOf("Supervisor's webhook")).toBe('supervisors-webhook');
  });
});
