/** Location of the sandbox, which production code never imports and an image does not contain. */
import { existsSync } from 'node:fs';

/** The module that starts it. */
export const SANDBOX = new URL('../../sandbox/sandbox.ts', import.meta.url);

/** Why the sandbox cannot run here, as a fault of the configuration; undefined where it can. */
export function sandboxFault(): string | undefined {
  return existsSync(SANDBOX)
    ? undefined
    : 'no account is set, and the sandbox is not installed: it needs the development packages';
}
