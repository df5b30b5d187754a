/**
 * Reads `.env` if it exists; values already in the environment take precedence. npm scripts import this
 * file before anything else; tests deliberately start without it.
 */
import { lstatSync, readFileSync } from 'node:fs';
import { type EnvFile, readEnvFile, withEnvFile } from './config/env-file.ts';
import { errorCode } from './core/errors.ts';

const NAME = '.env';

/** A file that exists but cannot be read is an error: without its settings Rotor would run the sandbox. */
function readDotEnv(): EnvFile {
  try {
    return readEnvFile(NAME, readFileSync(NAME));
  } catch (error) {
    const code = errorCode(error) ?? 'no reason';
    const isThere = lstatSync(NAME, { throwIfNoEntry: false }) !== undefined;
    return { values: {}, faults: isThere ? [`${NAME}: cannot be read (${code})`] : [] };
  }
}

Object.assign(process.env, withEnvFile(process.env, readDotEnv()));
