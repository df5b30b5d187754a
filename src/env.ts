/**
 * Reads `.env` where there is one; what already stands in the environment counts first. npm scripts
 * import it before anything else; tests start without it on purpose.
 */
import { lstatSync, readFileSync } from 'node:fs';
import { type EnvFile, readEnvFile, withEnvFile } from './config/env-file.ts';

const NAME = '.env';

/** What is there and cannot be read is a fault: without its settings a desk would be the sandbox. */
function readDotEnv(): EnvFile {
  try {
    return readEnvFile(NAME, readFileSync(NAME));
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'no reason';
    const isThere = lstatSync(NAME, { throwIfNoEntry: false }) !== undefined;
    return { values: {}, faults: isThere ? [`${NAME}: cannot be read (${code})`] : [] };
  }
}

Object.assign(process.env, withEnvFile(process.env, readDotEnv()));
