/** The running version, its start, and what changed. */
import type { Mode } from '#core/domain/account.ts';
import type { EpochMs } from '#core/domain/units.ts';
import { type ChangesView, RECOUNTED } from '#core/views/changes.ts';
import { escape, instantOf, lines } from '../format.ts';
import { embed, field, type Post } from '../post.ts';
import { ticking } from './instants.ts';

/** Additional data of the version message. */
export interface VersionExtras {
  readonly mode: Mode;
  readonly at: EpochMs;
}

/** The running version, its start, and what changed since the last start. */
export function versionPost(view: ChangesView | undefined, extras: VersionExtras): Post {
  const { mode, at } = extras;
  if (!view) {
    const body = 'The journal has no recorded start yet.';
    return { embeds: [embed({ mode, title: 'Version unknown', body, note: instantOf(at) })] };
  }
  const { start } = view;
  const since = `Running since ${instantOf(start.at)} (${ticking(start.at)}).`;
  return {
    embeds: [
      embed({
        mode,
        title: `Version ${escape(start.version, 80)}`,
        body: `${since}\n${changesLine(view)}`,
        fields: [
          field('Code', digest(start.build?.code)),
          field('Configuration', digest(start.build?.config)),
          field('Models', digest(start.build?.models)),
        ],
        note: instantOf(at),
      }),
    ],
  };
}

/** `Changed since last start: code, models.`, what is calculated differently, and the change log. */
export function changesLine(view: ChangesView): string {
  const news = lines(
    view.notes.map((note) => `• ${escape(note)}`),
    1_500,
  );
  return [
    changedLine(view),
    ...(view.isRecounted ? [RECOUNTED] : []),
    ...(news ? [news] : []),
  ].join('\n');
}

function changedLine({ before, changed }: ChangesView): string {
  if (!before) return 'This is the first start of this journal.';
  if (!changed) return 'What changed since the last start is not known.';
  if (changed.length === 0) return 'Nothing changed since the last start.';
  const was = changed.includes('version') ? ` It was version ${escape(before.version, 80)}.` : '';
  return `Changed since last start: ${changed.join(', ')}.${was}`;
}

function digest(text: string | undefined): string {
  return text === undefined ? 'not recorded' : escape(text, 60);
}
