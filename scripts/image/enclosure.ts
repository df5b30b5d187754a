/** Runs a program with a folder as its root, in mounts of its own. Needs root and Linux. */
import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** A process in a root folder of its own. */
export interface Enclosed {
  readonly root: string;
  readonly workdir: string;
  readonly user: number;
  readonly env: Readonly<Record<string, string>>;
  /** Its system is this machine's /usr and /etc. */
  readonly borrowed: boolean;
}

/** What a container is started with. */
export interface Mounts {
  /** Folders of this machine by where they appear. */
  readonly folders: Readonly<Record<string, string>>;
  readonly readOnly: boolean;
}

/** Whether this machine lets a program have mounts of its own. */
export function canEnclose(): boolean {
  return process.getuid?.() === 0 && spawnSync('unshare', ['--mount', 'true']).status === 0;
}

/** A step of a build: waits for its end. @throws when it does not end with 0 */
export function runInside(
  place: Enclosed,
  argv: readonly string[],
  say: (text: string) => void,
): string {
  const mounts = { folders: {}, readOnly: false };
  const { command, args, env } = enclosed(place, argv, mounts);
  const { status, stdout, stderr } = spawnSync(command, args, { env, encoding: 'utf8' });
  for (const line of `${stdout}${stderr}`.split('\n').filter((text) => text !== ''))
    say(`  ${line}`);
  if (status !== 0) throw new Error(`${argv.join(' ')}: ended with ${status}: ${stdout}${stderr}`);
  return stdout;
}

/** The container's program: with a read-only root, no privilege, and only these folders. */
export function startInside(
  place: Enclosed,
  argv: readonly string[],
  mounts: Mounts,
): ChildProcess {
  const { command, args, env } = enclosed(place, argv, mounts);
  return spawn(command, args, { env, stdio: ['ignore', 'pipe', 'pipe'] });
}

function enclosed(place: Enclosed, argv: readonly string[], mounts: Mounts) {
  const { root, borrowed, user, workdir } = place;
  const script = [
    'set -e',
    'M=/usr/bin/mount',
    ...(borrowed ? borrowedMounts(root) : ownMounts(root, mounts)),
    `$M --rbind /proc ${root}/proc`,
    `$M --rbind /dev ${root}/dev`,
    // The shell becomes the program, so that its process id is the one that gets the signals.
    `exec /usr/bin/setpriv --no-new-privs --clear-groups --inh-caps=-all -- \\
       /usr/bin/unshare --root=${root} --wd=${workdir} --setgid ${user} --setuid ${user} -- "$@"`,
  ].join('\n');
  const env = { HOME: '/tmp', ...(borrowed ? npmSettings(root) : {}), ...place.env };
  return {
    command: '/usr/bin/unshare',
    args: ['--mount', '/bin/sh', '-c', script, 'sh', ...argv],
    env,
  };
}

/** This machine's system, read-only, with the Node that runs this in place of the image's. */
function borrowedMounts(root: string): readonly string[] {
  const tools = join(dirname(root), '.node');
  mkdirSync(tools, { recursive: true });
  copyFileSync(process.execPath, join(tools, 'node'));
  return [
    `$M --bind /usr ${root}/usr`,
    `$M -o remount,bind,ro ${root}/usr`,
    `$M --bind /etc ${root}/etc`,
    `$M -o remount,bind,ro ${root}/etc`,
    `$M --bind ${tools} ${root}/usr/local/bin`,
    // What npm fetched once is not fetched again.
    `/bin/mkdir -p ${npmCache()} ${root}${CACHE}`,
    `$M --bind ${npmCache()} ${root}${CACHE}`,
  ];
}

function ownMounts(root: string, { folders, readOnly }: Mounts): readonly string[] {
  return [
    ...(readOnly
      ? [
          `$M --bind ${root} ${root}`,
          `$M -o remount,bind,ro ${root}`,
          `$M -t tmpfs -o noexec,nosuid,size=64m,mode=1777 tmpfs ${root}/tmp`,
        ]
      : []),
    ...Object.entries(folders).map(([inside, here]) => `$M --bind ${here} ${root}${inside}`),
  ];
}

const CACHE = '/tmp/.npm';

function npmCache(): string {
  return npmSetting('cache');
}

function npmSetting(name: string): string {
  return execFileSync('npm', ['config', 'get', name], { encoding: 'utf8' }).trim();
}

/** Whether npm can install every package that the image holds without asking anybody. */
export function packagesAreCached(): boolean {
  const { packages }: { packages: Record<string, LockedPackage> } = JSON.parse(
    readFileSync('package-lock.json', 'utf8'),
  );
  const cache = join(npmCache(), '_cacache/content-v2');
  return Object.entries(packages).every(([path, { dev, optional, integrity }]) => {
    if (path === '' || dev || !integrity || (optional && !existsSync(path))) return true;
    const [algorithm = '', digest = ''] = integrity.split(/-(.*)/);
    const hex = Buffer.from(digest, 'base64').toString('hex');
    return existsSync(join(cache, algorithm, hex.slice(0, 2), hex.slice(2, 4), hex.slice(4)));
  });
}

interface LockedPackage {
  readonly dev?: boolean;
  readonly optional?: boolean;
  readonly integrity?: string;
}

/** How packages are reached from here is this machine's matter, not the image's. */
function npmSettings(root: string): Readonly<Record<string, string>> {
  const certificates = npmSetting('cafile');
  mkdirSync(join(root, 'tmp'), { recursive: true });
  if (certificates !== 'null') copyFileSync(certificates, join(root, 'tmp/ca.pem'));
  const proxies = Object.entries(process.env).filter(([name]) => /^(https?|no)_proxy$/i.test(name));
  return {
    npm_config_registry: npmSetting('registry'),
    npm_config_cache: CACHE,
    npm_config_prefer_offline: 'true',
    npm_config_offline: process.env['npm_config_offline'] ?? 'false',
    ...(certificates === 'null' ? {} : { npm_config_cafile: '/tmp/ca.pem' }),
    ...Object.fromEntries(proxies.map(([name, value]) => [name, value ?? ''])),
  };
}
