/** Where each kind of message goes, and who set it. */
import type { Mode } from '#core/domain/account.ts';
import {
  type ChosenPlaces,
  NOTICES,
  type Notice,
  type NoticePlaces,
  noticePlace,
} from '#core/domain/notices.ts';
import { block, code, row } from '../format.ts';
import { embed, type Post } from '../post.ts';

const WORDS: Readonly<Record<Notice, string>> = {
  fills: 'orders and fills of a rebalance',
  daily: 'the week so far, after each close',
  weekly: 'the report of a week',
  monthly: 'the report of a month',
  regime: 'bull and bear',
  drift: 'positions off their target',
  data: 'late or suspicious prices',
  account: 'deposits, dividends, corrections',
  starts: 'starts and stops of Rotor',
};

/** 8 + 7 + 15 and two spaces: 32 columns. */
const line = (kind: string, place: string, by: string): string =>
  row([
    [kind, 8, 'left'],
    [place, 7, 'left'],
    [by, 15, 'left'],
  ]);

/** Every kind with its place and who set it: the setting, an admin, or the default. */
export function noticesPost(chosen: ChosenPlaces, setting: NoticePlaces, mode: Mode): Post {
  const rows = NOTICES.map((notice) => {
    const by = chosen.get(notice)?.by;
    const from = by === undefined ? (setting[notice] ? 'NOTIFY' : 'default') : code(by, 15);
    return line(notice, noticePlace(notice, chosen, setting), from);
  });
  const what = NOTICES.map((notice) => `**${notice}** ${WORDS[notice]}`);
  const always =
    'Announcements, plans, rebalances, people’s actions and critical alerts always go to the channel.';
  return {
    embeds: [
      embed({
        mode,
        title: 'Messages and where they go',
        body: `${block([line('', 'WHERE', 'SET BY'), ...rows], 1000)}${what.join('\n')}\n-# ${always}`,
      }),
    ],
  };
}
