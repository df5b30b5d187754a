// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these are variables of compose.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { COMPOSE_RULES, composeOf } from '../../scripts/rules/compose.ts';
import { broken } from '../../scripts/rules/rule.ts';

const COMPOSE = readFileSync(join(import.meta.dirname, '../../compose.yaml'), 'utf8');

/** Service, key, and the value that is put there; undefined takes it away. */
type Change = readonly [service: string, key: string, value: unknown];

const env = (changes: Record<string, string | undefined>) => ({
  ...composeOf(COMPOSE).services['rotor']?.environment,
  ...changes,
});
const secrets = composeOf(COMPOSE).services['rotor']?.secrets ?? [];

/** By rule, changes that each break it and no other. */
const BREAKS: Readonly<Record<string, readonly Change[]>> = {
  'known-keys': [
    ['rotor', 'build', '.'],
    ['rotor', 'cap_add', ['NET_RAW']],
    ['charts', 'privileged', true],
    ['rotor', 'network_mode', 'host'],
    ['rotor', 'pid', 'host'],
    ['rotor', 'userns_mode', 'host'],
    ['rotor', 'group_add', ['docker']],
    ['rotor', 'volumes_from', ['charts']],
    ['charts', 'devices', ['/dev/mem']],
    ['charts', 'ports', ['127.0.0.1:3400:3400']],
    ['rotor', 'healthcheck', { disable: true }],
    ['rotor', 'command', ['node', 'src/main.ts']],
    ['rotor', 'entrypoint', ['sh']],
    ['rotor', 'profiles', ['desk']],
    ['', 'networks', { outside: { external: true } }],
  ],
  desk: [['', 'name', 'desk']],
  'sent-image': [
    ['rotor', 'image', 'rotor:latest'],
    ['rotor', 'pull_policy', undefined],
  ],
  'exact-images': [
    ['charts', 'image', 'ianw/quickchart:latest'],
    ['charts', 'image', 'ianw/quickchart'],
    ['replica', 'image', 'litestream/litestream:0.5'],
  ],
  optional: [['charts', 'profiles', []]],
  'no-capability': [
    ['rotor', 'cap_drop', []],
    ['charts', 'cap_drop', ['NET_RAW']],
  ],
  'no-new-privileges': [
    ['rotor', 'security_opt', []],
    ['replica', 'security_opt', ['no-new-privileges:false']],
    ['rotor', 'security_opt', ['no-new-privileges:true', 'seccomp:unconfined']],
  ],
  user: [
    ['rotor', 'user', '0:0'],
    ['charts', 'user', undefined],
  ],
  'read-only': [['rotor', 'read_only', false]],
  tmp: [
    ['rotor', 'tmpfs', ['/tmp']],
    ['replica', 'tmpfs', undefined],
    ['rotor', 'tmpfs', ['/tmp:nosuid,size=64m']],
  ],
  memory: [
    ['charts', 'mem_limit', undefined],
    ['rotor', 'memswap_limit', '1g'],
    ['charts', 'mem_limit', '2g'],
  ],
  pids: [
    ['rotor', 'pids_limit', undefined],
    ['rotor', 'pids_limit', 4096],
    ['rotor', 'pids_limit', -1],
  ],
  restart: [
    ['rotor', 'restart', 'always'],
    ['rotor', 'restart', 'unless-stopped'],
    ['rotor', 'restart', 'on-failure'],
    ['rotor', 'restart', 'on-failure:100'],
    ['rotor', 'restart', 'on-failure:5'],
  ],
  logs: [
    ['rotor', 'logging', undefined],
    ['rotor', 'logging', { driver: 'json-file', options: { 'max-size': '10m' } }],
    ['rotor', 'logging', { driver: 'json-file', options: { 'max-size': '1g', 'max-file': '9' } }],
  ],
  init: [['rotor', 'init', undefined]],
  ending: [
    ['rotor', 'stop_grace_period', '5s'],
    ['rotor', 'stop_grace_period', undefined],
    ['rotor', 'stop_signal', 'SIGKILL'],
  ],
  ports: [
    ['rotor', 'ports', ['8080:8080']],
    ['rotor', 'ports', ['0.0.0.0:8080:8080']],
    ['rotor', 'ports', ['127.0.0.1:8080:8080', '9000:9000']],
  ],
  settings: [
    ['rotor', 'environment', env({ STATE_DIR: '/tmp' })],
    ['rotor', 'environment', env({ HEALTH_PORT: '0' })],
    ['rotor', 'environment', env({ HEALTH_HOST: '127.0.0.1' })],
    ['rotor', 'environment', env({ NODE_OPTIONS: '--inspect=0.0.0.0' })],
  ],
  volumes: [
    ['charts', 'volumes', ['/var/run/docker.sock:/var/run/docker.sock']],
    ['rotor', 'volumes', ['state:/data', './src:/app/src']],
  ],
  state: [
    ['', 'volumes', { state: null, other: null }],
    ['', 'volumes', { state: { driver_opts: { type: 'none', o: 'bind', device: '/' } } }],
    ['rotor', 'volumes', []],
  ],
  'secret-files': [
    ['rotor', 'environment', env({ DISCORD_TOKEN_FILE: '/run/secrets/other' })],
    ['rotor', 'secrets', secrets.slice(1)],
  ],
  'no-secret-values': [
    ['rotor', 'environment', env({ DISCORD_TOKEN: 'canary' })],
    ['replica', 'environment', { LITESTREAM_SECRET_ACCESS_KEY: 'canary' }],
  ],
  'known-secrets': [['replica', 'secrets', ['unknown']]],
  'mounted-files': [
    ['', 'configs', { litestream: { content: 'dbs: []' } }],
    ['', 'secrets', { ...composeOf(COMPOSE).secrets, discord_token: { environment: 'TOKEN' } }],
  ],
  'memory-of-the-desk': [],
};

/** Both limits together, so that swap is not the fault. */
const LESS_MEMORY: readonly Change[] = [
  ['rotor', 'mem_limit', '200m'],
  ['rotor', 'memswap_limit', '200m'],
];

function changed(changes: readonly Change[]): string {
  const document: Record<string, unknown> & { services: Record<string, object> } = {
    ...composeOf(COMPOSE),
  };
  for (const [service, key, value] of changes) {
    if (service === '') document[key] = value;
    else document.services[service] = { ...document.services[service], [key]: value };
  }
  return stringify(document);
}

const brokenBy = (yaml: string) => broken(COMPOSE_RULES, composeOf(yaml));

describe('compose.yaml', () => {
  it.each(COMPOSE_RULES)('keeps $name: $says', ({ faults }) => {
    expect(faults(composeOf(COMPOSE))).toEqual([]);
  });

  it('keeps them all when it is written again: the breaks below break nothing else', () => {
    expect(brokenBy(changed([]))).toEqual([]);
  });

  it('has a break for every rule, and for nothing else', () => {
    expect(Object.keys(BREAKS).sort()).toEqual(COMPOSE_RULES.map(({ name }) => name).sort());
  });

  const each = Object.entries(BREAKS).flatMap(([rule, changes]) =>
    changes.map((change) => ({ rule, change, what: change.slice(0, 2).join(' ') })),
  );
  it.each(each)('turns $rule red, and only it, when $what is wrong', ({ rule, change }) => {
    expect(brokenBy(changed([change]))).toEqual([rule]);
  });

  it('turns memory-of-the-desk red, and only it, when the desk gets less', () => {
    expect(brokenBy(changed(LESS_MEMORY))).toEqual(['memory-of-the-desk']);
  });
});
