/** Every setting with its value in force; explicitly set ones first. */
import type { Mode } from '#core/domain/account.ts';
import type { EpochMs } from '#core/domain/units.ts';
import { block, COLUMNS, code, instantOf } from '../format.ts';
import type { Settings } from '../interactions/command.ts';
import { embed, type Post } from '../post.ts';

const NAME = 27;
/** A value below its name is indented by two columns. */
const WIDE = COLUMNS - 2;
/** A message has room for two lists of this many characters. */
const MAX_LIST_LENGTH = 2_800;

/** Every setting by name, explicitly set ones first. */
export function configPost(settings: Settings, mode: Mode, at: EpochMs): Post {
  const set = settings.filter(([, , source]) => source !== 'default');
  const left = settings.filter(([, , source]) => source === 'default');
  const pieces: readonly (readonly [string, Settings])[] = [
    [`Set · ${set.length} of ${settings.length}`, set],
    [`At their defaults · ${left.length} of ${settings.length}`, left],
  ];
  const note = `${instantOf(at)} · secrets are never shown`;
  return {
    embeds: pieces.map(([title, all]) =>
      embed({
        mode,
        title,
        body: all.length === 0 ? 'None.' : block(fitting(all), 4000),
        note,
      }),
    ),
  };
}

/** Long values in full, unless there are too many of them. */
function fitting(all: Settings): readonly string[] {
  const rows = rowsOf(all, 2 * WIDE);
  return rows.join('\n').length <= MAX_LIST_LENGTH ? rows : rowsOf(all, WIDE);
}

/** Side by side if a phone has room for it, otherwise the value below its name. */
function rowsOf(all: Settings, max: number): readonly string[] {
  return all.flatMap(([name, value]) => {
    const key = code(name, NAME);
    const text = asleep(code(value, max));
    const room = COLUMNS - key.length - 1;
    if (text.length <= room) return [`${key} ${text.padStart(room)}`];
    // Split by whole characters: half of one cannot be sent.
    const letters = [...text];
    const count = Math.ceil(letters.length / WIDE);
    const parts = Array.from({ length: count }, (_, index) =>
      letters.slice(index * WIDE, (index + 1) * WIDE).join(''),
    );
    return [key, ...parts.map((part) => `  ${part}`)];
  });
}

/** A code block shows no mention or link; a client that shows the plain text should not either. */
function asleep(text: string): string {
  return text.replace(/[@<]|:(?=\/\/)/g, (mark) => `${mark}\u200b`);
}
