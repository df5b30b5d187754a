/**
 * Reads thousands of damaged bar files through the store and counts the result by kind of damage.
 * `FUZZ_FILES=20000 FUZZ_SEED=1 npm run fuzz`; exit 1 when different numbers were read from a file whose
 * hash is known, or from any file without a data issue, or when a read took more than two seconds.
 */
import { report, wrongs } from '#tests/core/market/fuzz/report.ts';
import { fuzz } from '#tests/core/market/fuzz/run.ts';

const [files, seed] = [
  Number(process.env['FUZZ_FILES'] ?? 20_000),
  Number(process.env['FUZZ_SEED'] ?? 1),
];
if (!Number.isInteger(files) || files < 1 || !Number.isInteger(seed)) {
  console.error('fuzz: FUZZ_FILES and FUZZ_SEED are whole numbers, FUZZ_FILES from 1');
  process.exit(2);
}

const began = performance.now();
const seconds = (): string => `${Math.round((performance.now() - began) / 1_000)} s`;
console.log(`fuzz: ${files} files, seed ${seed}`);
const counted = await fuzz({
  files,
  seed,
  now: () => performance.now(),
  onFile(_, done) {
    if (done % 1_000 === 0) console.log(`${seconds()} ${done} of ${files}`);
  },
});
const wrong = wrongs(counted);
for (const line of wrong) console.log(`WRONG ${line}`);
console.log(
  `${report(counted)}\nseed ${seed}, ${files} files, ${seconds()}: ${wrong.length} wrong`,
);
process.exitCode = wrong.length > 0 ? 1 : 0;
