import { spawnSync } from 'node:child_process';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type EnvFile, readEnvFile, withEnvFile } from '#src/config/env-file.ts';
import { sandboxConfig } from '#src/config.ts';
import { withSecretFiles } from '#src/secrets.ts';
import { withFolder } from '#tests/support/cli.ts';

const read = (text: string): EnvFile => readEnvFile('.env', Buffer.from(text));
const faultsOf = (text: string): readonly string[] => read(text).faults;

describe('a settings file', () => {
  it.each([
    ['a byte order mark', '\ufeffMAX_ORDER_USD=500\n'],
    ['lines of Windows', 'MAX_ORDER_USD=500\r\nFRACTIONAL=true\r\n'],
    ['a word for the shell', 'export MAX_ORDER_USD=500\n'],
    ['blanks and a remark', '  MAX_ORDER_USD = "500" # dollars\n\n# a line\n'],
  ])('is read with %s', (_name, text) => {
    expect(read(text)).toMatchObject({ faults: [], values: { MAX_ORDER_USD: '500' } });
  });

  it.each([' ', '\t', '  \t ', ' \r', '\t\r'])(
    'reads the line after a value that is only %j',
    (blanks) => {
      expect(read(`DATA_IMPORT=${blanks}\nMAX_ORDER_USD=500\n`)).toEqual({
        faults: [],
        values: { DATA_IMPORT: '', MAX_ORDER_USD: '500' },
      });
    },
  );

  it('is refused as UTF-16, whichever byte comes first', () => {
    const little = Buffer.from('\ufeffMAX_ORDER_USD=500\n', 'utf16le');
    const big = Buffer.from(little).swap16();
    const bare = Buffer.from('MAX_ORDER_USD=500\n', 'utf16le');
    for (const content of [little, big, bare]) {
      expect(readEnvFile('.env', content)).toEqual({
        values: {},
        faults: ['.env: is UTF-16 text; save it as UTF-8'],
      });
    }
  });

  it.each([
    ['MAX_ORDER_USD: 500', '.env: line 2: MAX_ORDER_USD: expected NAME=value'],
    ['MAX_ORDER_USD:500', '.env: line 2: MAX_ORDER_USD: expected NAME=value'],
    ['MAX_ORDER_USD 500', '.env: line 2: expected NAME=value'],
    ['canary.secret', '.env: line 2: expected NAME=value'],
    ['export\tMAX_ORDER_USD=500', '.env: line 2: expected NAME=value'],
    ['Y2FuYXJ5LXNlY3JldA==', '.env: line 2: the name is not a variable of Rotor'],
    ['LIMIT=5', '.env: line 2: LIMIT: is not a variable of Rotor'],
    [
      'MAX_ORDERS_USD=5',
      '.env: line 2: MAX_ORDERS_USD: is not a variable of Rotor; did you mean MAX_ORDER_USD?',
    ],
  ])('names the line %j and shows no value', (line, fault) => {
    expect(faultsOf(`FRACTIONAL=true\n${line}\n`)).toEqual([fault]);
  });

  it('names a variable that it sets twice', () => {
    expect(faultsOf('MAX_DRIFT=1\nFRACTIONAL=true\n\nMAX_DRIFT=0.1\n')).toEqual([
      '.env: MAX_DRIFT: is set in lines 1 and 4; keep one',
    ]);
  });

  it.each([
    ['DISCORD_TOKEN="canary\nMAX_ORDER_USD=500\nSTATE_DIR=x"', 'quote is not closed'],
    ["DISCORD_TOKEN='canary", 'quote is not closed'],
    ['MAX_ORDER_USD="50"0', 'there is text after its closing quote'],
    ['MAX_ORDER_USD=500#0', 'a # starts a comment'],
    ['MAX_ORDER_USD=#500', 'a # starts a comment'],
    ['STATE_DIR=\u201cdata\u201d', 'expected straight quotes'],
    ['DISCORD_TOKEN=canary\rMAX_ORDER_USD=500', 'an odd line ending'],
    ['# a remark\rMAX_ORDER_USD=500', 'an odd line ending'],
    ['# a remark\u2028MAX_ORDER_USD=500', 'an odd line ending'],
    ['STATE_DIR=x\vMAX_ORDER_USD=500', 'an odd line ending'],
    ['MAX_ORDER_USD\u200b=500', 'an invisible character'],
    ['MAX_ORDER_USD\u00a0=500', 'an invisible character'],
    ['STATE_DIR=x\u0000', 'UTF-16'],
  ])('loses nothing of %j in silence', (text, fault) => {
    const [found = '', ...more] = faultsOf(`${text}\n`);
    expect(found).toContain(fault);
    expect([found, ...more].join()).not.toContain('canary');
  });

  it('is rejected if a line has an old encoding, but not for a comment in it', () => {
    const content = (text: string): readonly string[] =>
      readEnvFile('.env', Buffer.from(text, 'latin1')).faults;
    expect(content('STATE_DIR=f\u00fcr\n')).toEqual([expect.stringContaining('is not UTF-8 text')]);
    expect(content('# f\u00fcr\nMAX_ORDER_USD=500\n')).toEqual([]);
  });

  it('may contain variables of Compose, Node and a proxy', () => {
    const names = ['COMPOSE_PROFILES', 'HTTPS_PROXY', 'TZ', 'NODE_OPTIONS', 'ROTOR_IMAGE'];
    expect(faultsOf(names.map((name) => `${name}=x\n`).join(''))).toEqual([]);
  });

  it('is used after values already set, and its errors are reported with the configuration’s', () => {
    const env = withEnvFile({ SANDBOX_PORT: '1' }, read('SANDBOX_PORT=2\nSTATE_DIR=x\nLIMIT=3\n'));
    expect(env).toMatchObject({ SANDBOX_PORT: '1', STATE_DIR: 'x' });
    expect(() => sandboxConfig(env)).toThrow('.env: line 3: LIMIT: is not a variable of Rotor');
  });

  it('has faults that are reported together with those of a secret', () => {
    const env = withEnvFile({ DISCORD_TOKEN: 'two words' }, read('LIMIT=3\n'));
    expect(() => withSecretFiles(env, () => '')).toThrow(
      expect.objectContaining({
        faults: [
          '.env: line 1: LIMIT: is not a variable of Rotor',
          'DISCORD_TOKEN: expected one word, found a space or a tab',
        ],
      }),
    );
  });
});

describe('the process that finds a .env in its folder', () => {
  it('exits with 2 and names the errors, before it opens anything', async () => {
    await withFolder(async (folder) => {
      writeFileSync(join(folder, '.env'), 'MAX_ORDER_USD: 500\n');
      const args = ['--import', resolve('src/env.ts'), resolve('src/main.ts')];
      const { PATH, HOME } = process.env;
      const ended = spawnSync(process.execPath, args, {
        cwd: folder,
        env: { PATH, HOME },
        encoding: 'utf8',
      });
      expect(ended.stderr).toContain('.env: line 1: MAX_ORDER_USD: expected NAME=value');
      expect(ended.status).toBe(2);
    });
  });
});

describe('a .env file that cannot be read', () => {
  it.each([
    ['a folder', (file: string) => mkdirSync(file), 'EISDIR'],
    ['a link to nothing', (file: string) => symlinkSync('nowhere', file), 'ENOENT'],
    ['a link to itself', (file: string) => symlinkSync('.env', file), 'ELOOP'],
  ])(
    'because of %s is an error, instead of a start without settings',
    async (_name, make, code) => {
      await withFolder(async (folder) => {
        make(join(folder, '.env'));
        const env = resolve('src/env.ts');
        const script = `await import(${JSON.stringify(env)}); console.log(process.env['.env'])`;
        const { stdout } = spawnSync(process.execPath, ['--input-type=module', '-e', script], {
          cwd: folder,
          encoding: 'utf8',
        });
        expect(stdout.trim()).toBe(`.env: cannot be read (${code})`);
      });
    },
  );
});
