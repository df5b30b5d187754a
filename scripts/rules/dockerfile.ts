/** Rules for Rotor's Dockerfile. "DL" numbers are those of hadolint. */
import { validate } from 'dockerfile-utils';
import { type Stage, stagesOf } from '../image/dockerfile.ts';
import type { Rule } from './rule.ts';
import { outside, shipped, stepsIn, stepsOf } from './stages.ts';

/** A parsed Dockerfile for the rules. */
export interface DockerfileSubject {
  readonly text: string;
  /** Empty if parsing failed. */
  readonly stages: readonly Stage[];
  /** Why parsing failed. */
  readonly refused: string | undefined;
  /** Version of the npm package used in development. */
  readonly nodeVersion: string;
}

/** Parses a Dockerfile; if that fails, the result has the reason. */
export function dockerfileSubject(text: string, nodeVersion: string): DockerfileSubject {
  try {
    return { text, stages: stagesOf(text), refused: undefined, nodeVersion };
  } catch (error) {
    return { text, stages: [], refused: String(error), nodeVersion };
  }
}

const EXACT = /:\d+\.\d+\.\d+[\w.-]*(@sha256:[0-9a-f]{64})?$/;
const SECRET = /(KEY|TOKEN|SECRET|PASSWORD|WEBHOOK|CREDENTIAL)/;
const TOOLS = /^(apt|apt-get|apk|dpkg|pip|curl|wget|sudo|sh|bash|git|yarn|npx|corepack)$/;
const ARGS = ['ROTOR_COMMIT', 'ROTOR_VERSION', 'ROTOR_BUILT_AT', 'ROTOR_DIRTY'];
/** The flags keep the process below the container's 256 MB: npm run bench:memory. */
const START =
  'node --max-old-space-size=96 --max-semi-space-size=1 --v8-pool-size=1 ' +
  '--optimize-for-size --no-separate-gc-phases src/main.ts';

const LABELS = {
  'org.opencontainers.image.version': 'ROTOR_VERSION',
  'org.opencontainers.image.revision': 'ROTOR_COMMIT',
  'org.opencontainers.image.created': 'ROTOR_BUILT_AT',
  'rotor.dirty': 'ROTOR_DIRTY',
};
/** Files in the image and the stages they come from, so that nothing is added unnoticed. */
const SHIPPED = [
  'system /rootfs/',
  'system /state/',
  'packages /ship/',
  'source /ship/data/',
  'source /ship/code/',
  'self-test /tmp/ship/',
];
const VARIABLES = [
  ...['PATH', 'NODE_ENV', 'NODE_COMPILE_CACHE', 'TZ', 'STATE_DIR', 'MALLOC_ARENA_MAX'],
  ...['MALLOC_MMAP_THRESHOLD_', 'MALLOC_TRIM_THRESHOLD_', 'UV_THREADPOOL_SIZE'],
  ...ARGS,
];
/** In seconds, except for the retries: a hang is noticed within minutes. */
const HEALTH = { interval: 60, timeout: 10, 'start-period': 120, retries: 5 };
const USER = 10_001;

function rule(
  name: string,
  says: string,
  faults: (stages: readonly Stage[], subject: DockerfileSubject) => readonly string[],
  like?: string,
): Rule<DockerfileSubject> {
  return {
    name,
    says,
    ...(like && { like }),
    // The rule `form` reports a file that could not be parsed.
    faults: (subject) => (subject.refused === undefined ? faults(subject.stages, subject) : []),
  };
}

const unless = (kept: boolean, fault: string): readonly string[] => (kept ? [] : [fault]);

/** Every rule for the Dockerfile. */
export const DOCKERFILE_RULES: readonly Rule<DockerfileSubject>[] = [
  {
    name: 'syntax',
    says: 'dockerfile-utils finds nothing to say',
    like: 'dockerfile-utils; DL3000 DL3012 DL3021 DL4000 DL4003',
    faults: ({ text }) => validate(text).map(({ message }) => String(message)),
  },
  {
    name: 'form',
    says: 'only known instructions; RUN, CMD, HEALTHCHECK, VOLUME as lists, so no shell is needed',
    like: 'DL3025 DL4006',
    faults: ({ refused }) => (refused === undefined ? [] : [refused]),
  },
  rule(
    'exact-version',
    'an image from outside is named by its exact version, or that and a digest',
    (stages) =>
      outside(stages)
        .map(({ from }) => from)
        .filter((from) => !EXACT.test(from)),
    'DL3006 DL3007',
  ),
  rule('slim-node', 'that image is the slim Node that development runs on', (stages, subject) =>
    outside(stages)
      .map(({ from }) => from)
      .filter((from) => EXACT.test(from))
      .filter((from) => !from.startsWith(`node:${subject.nodeVersion}-bookworm-slim`)),
  ),
  rule('named-stages', 'every stage has a name of its own', (stages) =>
    stages.map(({ name }) => name).filter((name) => /^\d+$/.test(name)),
  ),
  rule(
    'from-nothing',
    'what is shipped begins with nothing: no shell, no npm, no tools',
    (stages) => unless(shipped(stages)[0]?.from === 'scratch', 'begins with an image'),
  ),
  rule(
    'known-stages',
    'COPY --from names a stage before it, no image from outside',
    (stages) =>
      stages.flatMap((stage, index) =>
        stepsIn(stage, 'copy')
          .map(({ from }) => from)
          .filter((from) => from !== undefined)
          .filter((from) => !stages.slice(0, index).some(({ name }) => name === from)),
      ),
    'DL3022 DL3023',
  ),
  rule('shipped-files', 'what is shipped is this list, each from its stage', (stages) =>
    stepsOf(shipped(stages), 'copy')
      .flatMap(({ from, sources }) => sources.map((source) => `${from} ${source}`))
      .filter((each) => !SHIPPED.includes(each)),
  ),
  rule(
    'known-variables',
    'what is shipped knows these variables and no option of Node’s',
    (stages) =>
      stepsOf(shipped(stages), 'env')
        .flatMap(({ values }) => Object.keys(values))
        .filter((name) => !VARIABLES.includes(name) && !SECRET.test(name)),
  ),
  rule(
    'commit-checked',
    'what was sent is compared with the commit at once, before all else',
    (stages) => {
      const source = stages.find((stage) =>
        stepsIn(stage, 'copy').some(({ sources }) => sources.includes('.')),
      );
      const steps = source?.steps ?? [];
      const at = steps.findIndex((step) => step.kind === 'copy');
      const next = steps[at + 1];
      const given = steps.slice(0, at).flatMap((step) => (step.kind === 'arg' ? [step.name] : []));
      const checks = next?.kind === 'run' && next.argv.includes('scripts/image/check-commit.ts');
      const used = stepsOf(shipped(stages), 'copy').some(({ from }) => from === source?.name);
      return [
        ...unless(checks, 'nothing checks the commit'),
        ...unless(
          ARGS.every((name) => given.includes(name)),
          'it is not told what to compare with',
        ),
        ...unless(used || !source, 'what was checked is not what is shipped'),
      ];
    },
  ),
  rule(
    'self-test',
    'the shipped stage needs the report of a self-test of the same files',
    (stages) => {
      const last = stages.at(-1);
      const tests = stages.filter((stage) => {
        const runs = stepsIn(stage, 'run');
        return (
          stage.from === last?.from &&
          runs.some(({ argv }) => argv.includes('scripts/self-test.ts'))
        );
      });
      const copies = stepsIn(last, 'copy');
      const needed = copies.some(({ from }) => tests.some(({ name }) => name === from));
      return unless(needed, 'the image can be built without it');
    },
  ),
  rule('locked-packages', 'packages come by npm ci, for production, without scripts', (stages) => {
    const calls = stepsOf(stages, 'run').filter(({ argv }) => argv[0] === 'npm');
    const wanted = ['ci', '--omit=dev', '--ignore-scripts'];
    return calls
      .filter(({ argv }) => !wanted.every((word) => argv.includes(word)))
      .map(({ argv }) => argv.join(' '));
  }),
  rule('pruned', 'what a running desk never opens is taken out of the packages', (stages) => {
    const runs = stepsIn(
      stages.find(({ name }) => name === 'packages'),
      'run',
    );
    const npm = runs.findIndex(({ argv }) => argv[0] === 'npm');
    const after = runs.slice(npm + 1).some(({ argv }) => argv.includes('scripts/image/prune.ts'));
    return unless(npm < 0 || after, 'nothing is taken out');
  }),
  rule('lockfile', 'the lockfile and .npmrc are there when npm runs', (stages) => {
    const stage = stages.find((stage) =>
      stepsIn(stage, 'run').some(({ argv }) => argv[0] === 'npm'),
    );
    const files = stepsIn(stage, 'copy').flatMap(({ sources }) => sources);
    return ['package-lock.json', '.npmrc'].filter((file) => !files.includes(file));
  }),
  rule(
    'no-tools',
    'no step fetches or installs anything but by npm, and none is a shell',
    (stages) =>
      stepsOf(stages, 'run')
        .map(({ argv }) => argv[0] ?? '')
        .filter((program) => TOOLS.test(program)),
    'DL3004 DL3008 DL3014 DL3027 DL4001',
  ),
  rule(
    'user',
    'the last USER is 10001, by number and with its group',
    (stages, { text }) => {
      const last = stepsOf(shipped(stages), 'user').at(-1);
      const whole = text.split('\n').findLast((line) => line.startsWith('USER '));
      return unless(last?.id === USER && whole === `USER ${USER}:${USER}`, whole ?? 'no USER');
    },
    'DL3002',
  ),
  rule(
    'owned-by-root',
    'only the state belongs to that user: it cannot change the program',
    (stages) =>
      stepsOf(shipped(stages), 'copy')
        .filter(({ chown = 0, sources }) => chown !== 0 && sources.join() !== '/state/')
        .map(({ sources }) => sources.join(' ')),
  ),
  rule('volume', 'one volume, /data, and the state goes there', (stages) => {
    const volumes = stepsOf(stages, 'volume').flatMap(({ paths }) => paths);
    const states = stepsOf(stages, 'env').flatMap(({ values }) => values['STATE_DIR'] ?? []);
    return unless(volumes.join() === '/data' && states.join() === '/data', 'not one /data');
  }),
  rule('production', 'NODE_ENV is production', (stages) =>
    unless(
      stepsOf(shipped(stages), 'env').some(({ values }) => values['NODE_ENV'] === 'production'),
      'NODE_ENV',
    ),
  ),
  rule(
    'healthcheck',
    'the last stage asks src/ops/healthcheck.ts, often, with a limit, and gives up soon',
    (stages, { text }) => {
      const checks = stepsIn(stages.at(-1), 'healthcheck');
      const line = /^HEALTHCHECK [^[]*/m.exec(text)?.[0] ?? '';
      const valueOf = (flag: string): number =>
        Number(new RegExp(`--${flag}=(\\d+)s?\\s`).exec(line)?.[1] ?? Number.NaN);
      return [
        ...unless(
          checks[0]?.argv.join(' ') === 'node src/ops/healthcheck.ts',
          'asks something else',
        ),
        ...Object.entries(HEALTH)
          .filter(([flag, most]) => !(valueOf(flag) > 0 && valueOf(flag) <= most))
          .map(([flag]) => flag),
      ];
    },
    'DL3057',
  ),
  rule('stopsignal', 'it is ended by SIGTERM, and says so', (stages) =>
    unless(stepsIn(stages.at(-1), 'stopsignal')[0]?.signal === 'SIGTERM', 'STOPSIGNAL'),
  ),
  rule(
    'cmd',
    'the last stage starts src/main.ts within its memory, itself the process that gets signals',
    (stages) =>
      unless(stepsIn(stages.at(-1), 'cmd')[0]?.argv.join(' ') === START, 'starts something else'),
  ),
  rule(
    'labels',
    'version, commit, time and state of the tree are labels, from the arguments of the build',
    (stages) => {
      const values = Object.assign({}, ...stepsIn(stages.at(-1), 'label').map((s) => s.values));
      return Object.entries(LABELS)
        .filter(([name, arg]) => values[name] !== `\${${arg}}`)
        .map(([name]) => name);
    },
    'DL3048 DL3052 DL3056',
  ),
  rule(
    'declared',
    'each variable that the last stage puts in is declared there',
    (stages, { text }) => {
      const own = text.slice(text.lastIndexOf('\nFROM '));
      const args = stepsIn(stages.at(-1), 'arg').map(({ name }) => name);
      const used = [...own.matchAll(/\$\{(\w+)\}/g)].map(([, name]) => name ?? '');
      return [...new Set(used)].filter((name) => !args.includes(name));
    },
  ),
  rule('no-secrets', 'no ARG or ENV is a secret: both can be read in the image', (stages) =>
    [
      ...stepsOf(stages, 'arg').map(({ name }) => name),
      ...stepsOf(stages, 'env').flatMap(({ values }) => Object.keys(values)),
    ].filter((name) => SECRET.test(name)),
  ),
];
