/** Results of studies: the evidence with its buttons, a backtest, a what-if, parity. */
import {
  type APIActionRowComponent,
  type APIButtonComponent,
  ButtonStyle,
  ComponentType,
} from 'discord.js';
import type { Mode } from '#core/domain/account.ts';
import { grouped } from '#core/domain/figures.ts';
import type { Screen, StudyAnswer, StudySection } from '#core/studies.ts';
import { growthChart } from '../charts/growth.ts';
import { block, escape } from '../format.ts';
import { embed, type Post } from '../post.ts';
import { monthParityText } from './month-parity.ts';

/** Prefix of the buttons that switch to another screen of the evidence. */
export const EVIDENCE = 'evidence:show:';
/** Prefix of the button with which an approver confirms having read the evidence; its hash follows. */
export const EVIDENCE_READ = 'evidence:read:';

/** The part of the evidence that is shown. */
export interface EvidenceShown {
  readonly mode: Mode;
  readonly answer: StudyAnswer['evidence'];
  readonly screen: Screen;
  /** The hash to confirm; undefined if no confirmation is needed. */
  readonly unread: string | undefined;
  /** Total number of settings tried on this installation. */
  readonly tried: number;
}

const SCREENS: readonly (readonly [Screen, string])[] = [
  ['first', 'Evidence'],
  ['luck', 'Luck'],
  ['settings', 'Settings'],
  ['bad-times', 'Bad times'],
  ['how-to-read', 'How to read this'],
];

/** One screen of the evidence; the first one has the chart. */
export function evidencePost({ mode, answer, screen, unread, tried }: EvidenceShown): Post {
  const title = SCREENS.find(([name]) => name === screen)?.[1] ?? 'Evidence';
  const chart =
    screen === 'first'
      ? growthChart('evidence.png', 'What a dollar became', answer.curves)
      : undefined;
  const asked =
    unread === undefined
      ? []
      : ['Nothing is bought with real money until an approver presses *I have read this*.'];
  return {
    embeds: [
      embed({
        mode,
        title: screen === 'first' ? title : `Evidence: ${title}`,
        body: [block(linesOf(answer.screens[screen]), 3_500), ...asked].join('\n'),
        note: `${settingsWords(tried)} looked at here · ${answer.key}`,
      }),
    ],
    components: buttons(screen, unread),
    ...(chart && { chart }),
  };
}

/** Sections with their titles, separated by empty lines. */
export function linesOf(sections: readonly StudySection[]): readonly string[] {
  return sections.flatMap(({ title, lines }, index) => [
    ...(index === 0 ? [] : ['']),
    title,
    ...lines,
  ]);
}

type Row = APIActionRowComponent<APIButtonComponent>;

function buttons(screen: Screen, unread: string | undefined): readonly Row[] {
  const others = SCREENS.filter(([name]) => name !== screen).map(([name, label]) =>
    button(label, `${EVIDENCE}${name}`, ButtonStyle.Secondary),
  );
  const read =
    unread === undefined
      ? []
      : [row([button('I have read this', `${EVIDENCE_READ}${unread}`, ButtonStyle.Danger)])];
  return [row(others), ...read];
}

function row(components: APIButtonComponent[]): Row {
  return { type: ComponentType.ActionRow, components };
}

function button(
  label: string,
  customId: string,
  style: ButtonStyle.Secondary | ButtonStyle.Danger,
): APIButtonComponent {
  return { type: ComponentType.Button, style, label, custom_id: customId };
}

/** How many settings were tried, and by how many people. */
export interface TrialCount {
  readonly settings: number;
  readonly people: number;
}

/** A backtest or a what-if, with the number of trials so far. */
export function studyPost(
  mode: Mode,
  title: string,
  answer: StudyAnswer['backtest' | 'what-if'],
  { settings, people }: TrialCount,
): Post {
  const chart = answer.curves && growthChart('study.png', 'What a dollar became', answer.curves);
  const who = people === 1 ? '1 person' : `${people} people`;
  const note = `${settingsWords(settings)} looked at by ${who}`;
  const more = '-# The more settings are tried, the more likely it is that the best one was luck.';
  const body = [block(linesOf(answer.sections), 3_500), more].join('\n');
  return { embeds: [embed({ mode, title, body, note })], ...(chart && { chart }) };
}

function settingsWords(count: number): string {
  return count === 1 ? '1 setting' : `${grouped(count)} settings`;
}

/** Whether decisions are reproducible. */
export function parityPost(mode: Mode, answer: StudyAnswer['parity']): Post {
  const { equal, of, notKept, differences, month } = answer;
  const isWhole = equal === of;
  const before =
    notKept === 0
      ? []
      : [`-# ${notKept} more were made by a version that did not keep their inputs.`];
  const none = 'No repeatable decision has been recorded yet.';
  const body = [
    of === 0 ? none : `${equal} of ${of} decisions repeat exactly, byte by byte.`,
    ...differences.map((line) => `- ${escape(line, 300)}`),
    ...before,
    ...(month ? [monthParityText(month)] : []),
  ].join('\n');
  const sign = isWhole ? (of === 0 ? '' : '✓ ') : '■ ';
  return {
    embeds: [
      embed({
        mode,
        title: `${sign}Parity`,
        body,
        note: 'repeated from the recorded inputs',
      }),
    ],
  };
}
