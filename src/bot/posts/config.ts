/** Every setting with the value that is in force; what was set first. */
import type { Mode } from '#core/domain/account.ts';
import type { EpochMs } from '#core/domain/units.ts';
import { block, COLUMNS, code, instantOf } from '../format.ts';
import type { Settings } from '../interactions/command.ts';
import { embed, type Post } from '../post.ts';

const NAME = 27;
/** What is under a name stands two columns in. */
const WIDE = COLUMNS - 2;
/** Characters of one list that a message has room for twice. */
const MAX_LIST_LENGTH = 2_800;

/** Every setting by name, those that were set first. */
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

/** Side by side where a phone has room for it, else the value under its name. */
function rowsOf(all: Settings, max: number): readonly string[] {
  return all.flatMap(([name, value]) => {
    const key = code(name, NAME);
    const text = asleep(code(value, max));
    const room = COLUMNS - key.length - 1;
    if (text.length <= room) return [`${key} ${text.padStart(room)}`];
    // By whole characters: half of one is nothing that may be sent.
    const letters = [...text];
    const count = Math.ceil(letters.length / WIDE);
    const parts = Array.from({ length: count }, (_, index) =>
      letters.slice(index * WIDE, (index + 1) * WIDE).join(''),
    );
    return [key, ...parts.map((part) => `  ${part}`)];
  });
}

/** A block shows no mention and no link; a reader that shows the text without it should not either. */
function asleep(text: string): string {
  return text.replace(/[@<]|:(?=\/\/)/g, (mark) => `${mark}\u200b`);
}
