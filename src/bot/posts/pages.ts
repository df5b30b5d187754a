/**
 * Pagination without server state: the page and the filter are in the buttons' ids, so they work after a
 * restart and for every reader. The rows shown always match the stated count.
 */
import {
  type APIActionRowComponent,
  type APIButtonComponent,
  ButtonStyle,
  ComponentType,
} from 'discord.js';

/** The rows of one page, and their position in the whole list. */
export interface Page<T> {
  readonly rows: readonly T[];
  /** From 1. */
  readonly number: number;
  /** At least 1. */
  readonly of: number;
  /** First and last row shown, from 1; both 0 when there are none. */
  readonly from: number;
  readonly to: number;
  readonly total: number;
}

/** The requested page, or the nearest existing one: a list may have become shorter. */
export function pageOf<T>(all: readonly T[], asked: number, size: number): Page<T> {
  const of = Math.max(1, Math.ceil(all.length / size));
  const number = Math.min(of, Math.max(1, Number.isSafeInteger(asked) ? asked : 1));
  const rows = all.slice((number - 1) * size, number * size);
  const from = rows.length === 0 ? 0 : (number - 1) * size + 1;
  return {
    rows,
    number,
    of,
    from,
    to: from + rows.length - (from === 0 ? 0 : 1),
    total: all.length,
  };
}

/** `11–20 of 57`. */
export function countOf({ from, to, total }: Page<unknown>): string {
  if (total === 0) return 'none';
  return from === to ? `${from} of ${total}` : `${from}–${to} of ${total}`;
}

/** Newer, refresh, older; none if one page holds everything. */
export function pageButtons(
  { number, of }: Page<unknown>,
  idOf: (page: number) => string,
  [before, after]: readonly [before: string, after: string] = ['Newer', 'Older'],
): readonly APIActionRowComponent<APIButtonComponent>[] {
  if (of === 1) return [];
  const buttons: APIButtonComponent[] = [
    button(`‹ ${before}`, idOf(number - 1), number === 1),
    button(`${number}/${of}`, idOf(number), false),
    button(`${after} ›`, idOf(number + 1), number === of),
  ];
  return [{ type: ComponentType.ActionRow, components: buttons }];
}

/** Page number from an id's argument; the first page if invalid. */
export function pageFrom(text: string | undefined): number {
  return text !== undefined && /^\d{1,6}$/.test(text) ? Number(text) : 1;
}

function button(label: string, customId: string, disabled: boolean): APIButtonComponent {
  return {
    type: ComponentType.Button,
    style: ButtonStyle.Secondary,
    label,
    custom_id: customId,
    disabled,
  };
}
