/** The journal's tables as files, within Discord's limits. */
import type { Mode } from '#core/domain/account.ts';
import type { TextFile } from '../discord/channel.ts';
import { embed, notice, type Post } from '../post.ts';

/** A file with its number of rows. */
export interface ExportedFile extends TextFile {
  readonly rows: number;
}

/** Limit of one message in bytes on a server without boosts, less room for overhead. */
const MAX_BYTES = 10 * 1024 * 1024 - 64 * 1024;
const MAX_FILES = 10;

const bytesOf = ({ text }: TextFile): number => Buffer.byteLength(text);
const fits = (file: TextFile): boolean => bytesOf(file) <= MAX_BYTES;

/** As few messages as hold the files; a file too large for any message is left out. */
export function exportPosts(files: readonly ExportedFile[], mode: Mode): readonly Post[] {
  const groups: ExportedFile[][] = [];
  for (const file of files.filter(fits)) {
    const last = groups.at(-1);
    const size = last?.reduce((sum, each) => sum + bytesOf(each), 0) ?? 0;
    if (last && last.length < MAX_FILES && size + bytesOf(file) <= MAX_BYTES) last.push(file);
    else groups.push([file]);
  }
  return groups.map((group) => ({
    embeds: [
      embed({
        mode,
        title: 'Export',
        body: group
          .map(({ name, rows }) => `**${name}** ${rows === 1 ? '1 row' : `${rows} rows`}`)
          .join('\n'),
        note: 'bars are not among them: rotor export writes those',
      }),
    ],
    files: group,
  }));
}

/** Tells the person who asked: where the files are, which are too large, and what was rejected. */
export function exportNotice(
  files: readonly ExportedFile[],
  place: 'direct' | 'thread',
  done: 'sent' | 'closed',
): Post {
  const large = files.filter((file) => !fits(file));
  const where = place === 'direct' ? 'in your direct messages' : 'in the thread of the dashboard';
  const refused =
    place === 'direct'
      ? 'Your direct messages are closed. Open them, or choose the thread.'
      : 'They could not be posted in a thread. Choose a direct message.';
  const told = done === 'sent' ? `The files are ${where}.` : refused;
  const lines = large.map(
    (file) =>
      `${file.name} has ${(bytesOf(file) / 1_048_576).toFixed(1)} MB, and Discord takes 10: \`rotor export\` writes it.`,
  );
  return notice([told, ...lines].join('\n'));
}
