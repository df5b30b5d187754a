/** Rules for compose.yaml, for every service unless a rule names one. */
import { parse } from 'yaml';
import { z } from 'zod';
import type { Rule } from './rule.ts';

const text = z.union([z.string(), z.number()]).transform(String);
const texts = z.array(z.string()).default([]);

const service = z.looseObject({
  image: z.string().default(''),
  init: z.boolean().default(false),
  read_only: z.boolean().default(false),
  cap_drop: texts,
  security_opt: texts,
  user: text.optional(),
  restart: z.string().default(''),
  logging: z
    .looseObject({ driver: z.string(), options: z.record(z.string(), text).default({}) })
    .optional(),
  environment: z.record(z.string(), text).default({}),
  env_file: texts,
  secrets: texts,
  volumes: texts,
  tmpfs: texts,
  ports: texts,
  profiles: texts,
  mem_limit: z.string().default(''),
  memswap_limit: z.string().default(''),
  pids_limit: z.number().default(0),
  stop_grace_period: z.string().default('0s'),
  stop_signal: z.string().default('SIGTERM'),
  pull_policy: z.string().optional(),
});

const fromFile = z.looseObject({ file: z.string().optional() });

const document = z.looseObject({
  name: z.string().optional(),
  version: z.unknown().optional(),
  services: z.record(z.string(), service),
  volumes: z.record(z.string(), z.unknown()).default({}),
  secrets: z.record(z.string(), fromFile).default({}),
  configs: z.record(z.string(), fromFile).default({}),
});

type Service = z.output<typeof service>;
/** The parsed compose.yaml. */
export type Compose = z.output<typeof document>;

/** @throws when it is not a compose file of the expected structure. */
export function composeOf(yaml: string): Compose {
  return document.parse(parse(yaml, { merge: true }));
}

/** Every secret, by its name in compose and in Rotor. */
const SECRETS = [
  'ALPACA_KEY_ID',
  'ALPACA_SECRET_KEY',
  'DISCORD_TOKEN',
  'HEARTBEAT_URL',
  'SUPERVISOR_WEBHOOK_URL',
];
/** The only keys a service may use; all other features of Docker stay unused. */
const GUARDED = [
  ...['image', 'user', 'init', 'read_only', 'cap_drop', 'security_opt', 'restart', 'logging'],
  ...['environment', 'secrets', 'volumes', 'tmpfs', 'mem_limit', 'memswap_limit', 'pids_limit'],
  ...['stop_grace_period', 'stop_signal'],
];
const DESK_KEYS = ['pull_policy', 'env_file', 'ports'];
const OTHER_KEYS = ['profiles', 'command', 'configs'];
const TOP = ['name', 'x-guarded', 'services', 'volumes', 'configs', 'secrets'];
/** The container's variables besides rotor.env and its secrets. */
const SETTINGS: Readonly<Record<string, string>> = {
  STATE_DIR: '/data',
  LOG_FORMAT: 'json',
  HEALTH_PORT: '8080',
  HEALTH_HOST: '0.0.0.0',
  // biome-ignore lint/suspicious/noTemplateCurlyInString: compose.yaml's own words
  REPLICA_WATCH: '${REPLICA_URL:+true}',
};
const SECRET_NAME = /(KEY|TOKEN|SECRET|PASSWORD|WEBHOOK|CREDENTIAL|HEARTBEAT)/;
const USER = '10001:10001';
/** The server has 512 MB, of which the system needs a part. */
const DESK_MB = 256;
/** Several times the crashes that start safe mode, as Docker never resets its count. */
const RESTARTS = { least: 20, most: 90 } as const;
const MAX_PIDS = 100;
const MAX_LOG_MB = 100;
/** Rotor shuts down within ten seconds. */
const MIN_GRACE_SECONDS = 10;

function isEnough(restarts: number): boolean {
  return restarts >= RESTARTS.least && restarts <= RESTARTS.most;
}

function each(
  name: string,
  says: string,
  keeps: (service: Service, name: string) => boolean,
): Rule<Compose> {
  const faults = ({ services }: Compose) =>
    Object.entries(services)
      .filter(([key, value]) => !keeps(value, key))
      .map(([key]) => key);
  return { name, says, faults };
}

function desk(name: string, says: string, keeps: (service: Service) => boolean): Rule<Compose> {
  return each(name, says, (value, key) => key !== 'rotor' || keeps(value));
}

const number = (value: string, unit: RegExp): number =>
  Number(new RegExp(`^(\\d+)${unit.source}$`).exec(value)?.[1] ?? Number.NaN);
const megabytes = (value: string): number => number(value, /m/);
const inRange = (value: number, most: number): boolean => value > 0 && value <= most;

/** Keys with content: empty lists do not count. */
function keysOf(value: object): readonly string[] {
  return Object.entries(value)
    .filter(([, each]) => each !== undefined && !(Array.isArray(each) && each.length === 0))
    .map(([key]) => key);
}

/** Every rule for compose.yaml. */
export const COMPOSE_RULES: readonly Rule<Compose>[] = [
  {
    name: 'known-keys',
    says: 'no service says more than this table knows: no build, mode, device, host namespace or check',
    faults: (compose) => [
      ...keysOf(compose).filter((key) => !TOP.includes(key)),
      ...Object.entries(compose.services).flatMap(([name, it]) => {
        const own = name === 'rotor' ? DESK_KEYS : OTHER_KEYS;
        const known = [...GUARDED, ...own];
        return keysOf(it).filter((key) => !known.includes(key));
      }),
    ],
  },
  {
    name: 'desk',
    says: 'there is a project rotor with a service rotor: the scripts look for both',
    faults: ({ name, services }) => (name === 'rotor' && services['rotor'] ? [] : ['rotor']),
  },
  desk('sent-image', 'the desk’s image is named by deploy.sh and never fetched', (it) =>
    Boolean(it.image.startsWith('${ROTOR_IMAGE:?') && it.pull_policy === 'never'),
  ),
  each(
    'exact-images',
    'other images are named by their exact version',
    ({ image }, name) =>
      name === 'rotor' || /^[\w./-]+:v?\d+\.\d+\.\d+(@sha256:[0-9a-f]{64})?$/.test(image),
  ),
  each(
    'optional',
    'only the desk starts by itself; the others want a profile',
    ({ profiles }, name) => name === 'rotor' || profiles.length === 1,
  ),
  each('no-capability', 'every capability is dropped', ({ cap_drop }) => cap_drop.join() === 'ALL'),
  each(
    'no-new-privileges',
    'no program in it gains privileges, and nothing else of the guard is loosened',
    ({ security_opt }) => security_opt.join() === 'no-new-privileges:true',
  ),
  each('user', 'it runs as user 10001', ({ user }) => user === USER),
  each('read-only', 'its root is read-only', ({ read_only }) => read_only),
  each('tmp', '/tmp is memory, small, and nothing in it runs', ({ tmpfs }) =>
    /^\/tmp:(?=.*noexec)(?=.*nosuid)(?=.*size=\d+m)/.test(tmpfs.join() || '-'),
  ),
  each('memory', 'memory has a limit, and swap adds nothing to it', (it) =>
    Boolean(inRange(megabytes(it.mem_limit), DESK_MB) && it.memswap_limit === it.mem_limit),
  ),
  desk('memory-of-the-desk', 'the desk has 256 MB', (it) => it.mem_limit === `${DESK_MB}m`),
  each('pids', 'processes and threads have a limit', (it) => inRange(it.pids_limit, MAX_PIDS)),
  each('restart', 'it is started again after a failure, a limited number of times', (it) =>
    isEnough(number(it.restart.replace('on-failure:', ''), /(?!\D)/)),
  ),
  each('logs', 'logs are turned over, and bounded', ({ logging }) => {
    const files = Number(logging?.options['max-file']);
    return inRange(files * megabytes(logging?.options['max-size'] ?? ''), MAX_LOG_MB);
  }),
  each('init', 'process 1 reaps and hands on signals', ({ init }) => init),
  desk('ending', 'SIGTERM ends it, with time to say goodbye', (it) =>
    Boolean(it.stop_signal === 'SIGTERM' && number(it.stop_grace_period, /s/) > MIN_GRACE_SECONDS),
  ),
  desk('ports', 'no port but its health, on the server’s loopback', ({ ports }) =>
    Boolean(ports.join() === '127.0.0.1:8080:8080'),
  ),
  desk('settings', 'it is told where to keep things and where it is asked, no more', (it) => {
    const told = Object.entries(it.environment).filter(([name]) => !SECRET_NAME.test(name));
    return (
      told.length === Object.keys(SETTINGS).length &&
      told.every(([name, value]) => SETTINGS[name] === value)
    );
  }),
  each('volumes', 'no folder of the server is mounted, only the one volume', ({ volumes }) =>
    volumes.every((volume) => volume === 'state:/data'),
  ),
  {
    name: 'state',
    says: 'there is one volume, of Docker’s own making, and the desk keeps its state there',
    faults: ({ services, volumes }) => {
      const kept = services['rotor']?.volumes[0] === 'state:/data';
      const plain = Object.values(volumes).every((options) => options === null);
      return kept && plain && Object.keys(volumes).join() === 'state' ? [] : ['rotor'];
    },
  },
  desk('secret-files', 'every secret of the desk comes as a file', ({ environment, secrets }) =>
    SECRETS.every(
      (name) =>
        environment[`${name}_FILE`] === `/run/secrets/${name.toLowerCase()}` &&
        secrets.includes(name.toLowerCase()),
    ),
  ),
  each('no-secret-values', 'no secret stands in the environment', ({ environment }) =>
    Object.entries(environment).every(
      ([name, value]) => !SECRET_NAME.test(name) || value.startsWith('/run/secrets/'),
    ),
  ),
  {
    name: 'known-secrets',
    says: 'every secret that is used is declared',
    faults: ({ services, secrets }) =>
      Object.values(services)
        .flatMap((it) => it.secrets)
        .filter((name) => !secrets[name]),
  },
  {
    name: 'mounted-files',
    says: 'secrets and configurations are files, which are mounted: others are copied into the root',
    faults: ({ secrets, configs }) =>
      Object.entries({ ...secrets, ...configs })
        .filter(([, { file }]) => !file?.startsWith('./'))
        .map(([name]) => name),
  },
];
