import { execFile } from 'node:child_process';

/** Root without its capabilities: modes keep it out, and it may still read a clone of its own. */
const WITHOUT = ['setpriv', '--bounding-set=-all', '--inh-caps=-all'];

/** What the doctor prints in a process that modes keep out, which they do not do with root. */
export function doctorOfAnyone(env: Readonly<Record<string, string>>): Promise<string> {
  const { PATH = '' } = process.env;
  const doctor = [process.execPath, 'src/cli.ts', 'doctor'];
  const [program = '', ...args] = process.getuid?.() === 0 ? [...WITHOUT, ...doctor] : doctor;
  return new Promise((resolve) => {
    execFile(program, args, { env: { PATH, ...env } }, (_, out) => resolve(out));
  });
}
