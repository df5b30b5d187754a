/**
 * What is in the image's node_modules, with versions, licences and digests, as CycloneDX JSON:
 * `node scripts/image/sbom.ts [FILE]`, by default rotor.cdx.json. Reads the lockfile alone.
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

/** npm's Node binaries are for development: scripts/image/prune.ts takes them out. */
const NOT_IN_THE_IMAGE = /^node-(bin-)?(linux|darwin|win)/;

export function billOfMaterials(): Document {
  const args = ['sbom', '--sbom-format', 'cyclonedx', '--package-lock-only', '--omit', 'dev'];
  const said = execFileSync('npm', args, { cwd: ROOT, encoding: 'utf8', maxBuffer: 2 ** 26 });
  return withBase(document.parse(JSON.parse(said)));
}

function withBase({ components, dependencies, ...rest }: Document): Document {
  const [base] = stagesOf(readFileSync(join(ROOT, 'Dockerfile'), 'utf8'));
  const [, name = '', version = ''] = /^([^:]+):(.+)$/.exec(base?.from ?? '') ?? [];
  const runtime = { type: 'container', name, version, 'bom-ref': `${name}:${version}` };
  const kept = components.filter((each) => !NOT_IN_THE_IMAGE.test(each.name));
  const refs = new Set(components.filter((each) => !kept.includes(each)).map((e) => e['bom-ref']));
  return {
    ...rest,
    components: [runtime, ...kept],
    dependencies: dependencies
      .filter(({ ref }) => !refs.has(ref))
      .map(({ dependsOn, ...each }) => ({
        ...each,
        dependsOn: dependsOn.filter((ref) => !refs.has(ref)),
      })),
  };
}

if (import.meta.main) {
  const file = process.argv[2] ?? 'rotor.cdx.json';
  const bill = billOfMaterials();
  writeFileSync(file, `${JSON.stringify(bill, undefined, 2)}\n`);
  console.log(`${file}: ${bill.components.length} components`);
}
