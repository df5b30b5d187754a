/** The folder that Rotor writes its state to: whether this user may use it, in a sentence with the remedy. */
import { accessSync, constants, existsSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { errorCode, TradingError } from '#core/errors.ts';
import { makeFolder } from '#core/store/make-folder.ts';

/**
 * Creates the folder if it is missing. A folder that exists on a failing disk is not refused here: the
 * journal reports that.
 * @throws TradingError `fix-config` when it cannot be created, or belongs to another user.
 */
export function openStateFolder(folder: string): void {
  try {
    makeFolder(folder);
  } catch (cause) {
    throw new TradingError(impossible(folder, codeOf(cause)), 'fix-config', { cause });
  }
  const denied = deniedIn(folder, [folder]);
  if (denied !== undefined) throw new TradingError(denied, 'fix-config');
}

/** Names the first of the paths, files or folders of the state folder, that belongs to another user. */
export function deniedIn(folder: string, paths: readonly string[]): string | undefined {
  const path = paths.find((each) => existsSync(each) && !isWritable(each));
  if (path === undefined) return undefined;
  const { uid, gid } = user();
  return (
    `STATE_DIR: ${path} belongs to user ${statSync(path).uid} and cannot be written by user ${uid}, as ` +
    `whom Rotor runs; the journal itself was not touched. Run: sudo chown -R ${uid}:${gid} ${folder} ` +
    '(outside a container: of the folder that it mounts there)'
  );
}

function impossible(folder: string, code: string): string {
  const { uid } = user();
  return (
    `STATE_DIR: expected a folder in which user ${uid}, as whom Rotor runs, can keep the journal; ` +
    `${resolve(folder)} is none and cannot be created (${code}). Create it for that user, or set STATE_DIR ` +
    'to another folder'
  );
}

function user(): { readonly uid: number; readonly gid: number } {
  return { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 };
}

function isWritable(path: string): boolean {
  try {
    accessSync(path, constants.W_OK | constants.R_OK);
    return true;
  } catch (error) {
    return codeOf(error) !== 'EACCES';
  }
}

function codeOf(error: unknown): string {
  return errorCode(error) ?? 'no reason given';
}
