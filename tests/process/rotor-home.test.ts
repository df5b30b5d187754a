/** The scripts that deploy, over an ssh that runs what it is sent in a folder of this machine. */
import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { withFolder } from '#tests/support/cli.ts';

const SSH = '#!/bin/bash\nshift $(($# - 1)); cd "$SERVER" && exec bash -c "$1"\n';

describe('the folder on the server', () => {
  it.each(['rotor', 'my desk', 'x; touch stolen', '$(touch stolen)', "it's", 'a&touch stolen'])(
    '%j is a name and nothing else',
    async (home) => {
      await withFolder(async (folder) => {
        const [bin, server] = [join(folder, 'bin'), join(folder, 'server')];
        for (const each of [bin, server]) mkdirSync(each);
        writeFileSync(join(bin, 'ssh'), SSH);
        chmodSync(join(bin, 'ssh'), 0o755);
        const script = `. "${resolve('scripts/deploy/lib.sh')}"; HOST=server; connect`;
        const { PATH } = process.env;
        spawnSync('bash', ['-c', script], {
          env: { PATH: `${bin}:${PATH}`, SERVER: server, ROTOR_HOME: home },
        });
        expect(readdirSync(server)).toEqual([home]);
        expect(existsSync(join(server, home, '.deploy', 'remote.sh'))).toBe(true);
      });
    },
  );
});
