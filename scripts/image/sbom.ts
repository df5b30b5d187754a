/**
 * The content of the image's node_modules, with versions, licences and digests, as CycloneDX JSON: `node
 * scripts/image/sbom.ts [FILE]`, by default rotor.cdx.json. Reads only the lockfile.
 */
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { stagesOf } from './dockerfile.ts';

const ROOT = join(import.meta.dirname, '../..');

const component = z.looseObject({ name: z.string(), 'bom-ref': z.string() });
const document = z.looseObject({
  components: z.array(component),
  dependencies: z.array(z.looseObject({ ref: z.string(), dependsOn: z.array(z.string()) })),
});
type Document = z.output<typeof document>;

/** One name or several, as in package.json. */
const names = z.union([z.string().transform((name) => [name]), z.array(z.string())]);

const lockfile = z.object({
  packages: z.record(
    z.string(),
    z.object({
      version: z.string().optional(),
      dev: z.boolean().default(false),
      os: names.default(['linux']),
      libc: names.default(['glibc']),
    }),
  ),
});

/** npm's Node binaries and types are for development: scripts/image/prune.ts removes them. */
const NOT_IN_THE_IMAGE = /^node-(bin-)?(linux|darwin|win)|^@types\/|^undici-types$/;

/**
 * With `--omit dev`, npm itself leaves out production dependencies that are also needed for development,
 * such as zod.
 */
export function billOfMaterials(): Document {
  const args = ['sbom', '--sbom-format', 'cyclonedx', '--package-lock-only'];
  const said = execFileSync('npm', args, { cwd: ROOT, encoding: 'utf8', maxBuffer: 2 ** 26 });
  const { components, dependencies, ...rest } = document.parse(JSON.parse(said));
  const shipped = shippedPackages();
  const kept = components.filter((each) => shipped.has(each['bom-ref']));
  const refs = new Set(kept.map((each) => each['bom-ref']));
  return {
    ...rest,
    components: [base(), ...kept],
    dependencies: dependencies
      .filter(({ ref }) => refs.has(ref) || ref.startsWith('rotor@'))
      .map(({ dependsOn, ...each }) => ({
        ...each,
        dependsOn: dependsOn.filter((ref) => refs.has(ref)),
      })),
  };
}

/** `name@version` of each package that `npm ci --omit=dev` installs on the image's system. */
function shippedPackages(): ReadonlySet<string> {
  const { packages } = lockfile.parse(JSON.parse(read('package-lock.json')));
  return new Set(
    Object.entries(packages)
      .filter(([path, { dev, os, libc }]) => {
        const name = nameOf(path);
        const fits = os.includes('linux') && libc.includes('glibc');
        return path !== '' && !dev && fits && !NOT_IN_THE_IMAGE.test(name);
      })
      .map(([path, { version }]) => `${nameOf(path)}@${version}`),
  );
}

/** The external base image, which provides node and its libraries. */
function base(): z.output<typeof component> {
  const [stage] = stagesOf(read('Dockerfile'));
  const [, name = '', version = ''] = /^([^:]+):(.+)$/.exec(stage?.from ?? '') ?? [];
  return { type: 'container', name, version, 'bom-ref': `${name}:${version}` };
}

const nameOf = (path: string): string => path.replace(/^.*node_modules\//, '');

function read(file: string): string {
  return readFileSync(join(ROOT, file), 'utf8');
}

if (import.meta.main) {
  const file = process.argv[2] ?? 'rotor.cdx.json';
  const bill = billOfMaterials();
  writeFileSync(file, `${JSON.stringify(bill, undefined, 2)}\n`);
  console.log(`${file}: ${bill.components.length} components`);
}
