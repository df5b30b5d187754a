/**
 * Words and sentences that were retired because only their authors understood them. What Rotor says and
 * what its code is called stays in standard terms; docs/glossary.md has them.
 */
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { DOCUMENTS, ROOT } from './documents.ts';

/** Sentences and parts of sentences that a person read. */
const SENTENCES: readonly string[] = [
  'Approving it sends nothing',
  'stands where it should',
  'is done at the next allowed time',
  'due too long ago',
  'to let it pass',
  'Trading is not in RUN',
  'Reading needs the viewer role',
  'The plan was made on',
  'No order leaves until',
  'until somebody uses /resume',
  'as installed',
  'messages owed',
  'since the start before',
  'Runs since',
  'Left undone',
  'met trouble',
  'Nothing is sent and nothing waits',
  'orders back`',
  'holds differently from our books',
  'Nothing differs.',
  'another hand, not by Rotor',
  'works in every regime',
  '○ resting',
  'it rested',
  'the last that is taken',
  'Comes in above',
  'Falls out below',
  'takes up to $',
  'the side it is on decides',
  'bps of the price decided',
  'Max down',
  'no fills of ours',
  'Counting begins',
  'Without a word behind it',
  'Begin no rebalance by itself',
  'Is it well?',
  'looks come to no end for',
  'Nothing needs doing',
  'Sizes follow the prices',
  'audit holds',
  'moved or taken away',
  '● Nothing is owed',
  'waits for anybody',
  'Rebalance owed',
  'still owed:',
  'journal not told yet',
  'being told now',
  'done by itself when',
  'too late to be done without',
  'Too young for',
  'You has them',
  'no gain here',
  'counting and trading begin',
  'market or a night is healthy',
  'estimated: in no sum',
  'meant, says',
  "taken over'",
  'cash is free again',
  'No other order leaves',
  'orders leave next',
  'No number is made up',
  'brought or taken, not',
  'made up for on',
  'are taken out. $',
  'an earlier one stands',
  'returns on.',
  'follow in a message of',
  'Gain it would',
  'Prices moved this',
  'no part of what is managed',
  'Rebalanced in part',
  'would turn it is unknown',
  'luckier the best',
  'dearest shares',
  'books say so',
  'does not know this any more',
  'Still at it',
  "what it came to'",
  'unless you choose',
  'unless you say',
  'is written as 20',
  'Say both',
  'Rotor knows no such',
  'beside what it should hold',
  "how many repeat exactly'",
  'this message becomes',
  'works as ever',
  'work as ever',
  "Take back'",
  "does not end'",
  'books take the fill',
  'told at the end.',
  'is in order again.',
  'lies in cash that',
  'Set this machine’s.',
  'asked for every few seconds',
  'Nothing is owed any more',
  'done once, at the next',
  'with differently',
  "leave the others'",
  "stood still'",
  'a fill is promised',
  'does not reach for it',
  'counted anew',
  'Mend the',
  'takes itself away',
  'where it was cut',
  'the machine form',
  'line end that is none',
  'begins a remark',
  'still counts; its name',
  'ended without a word:',
  "broker took'",
  'gave back is off',
  'as it is set now',
  'past winners tell nothing',
  'whole on $',
  'levers back',
  'sent something odd',
];

/** Names in code. */
const NAMES = new RegExp(
  `\\b(?:${[
    'goRound',
    'openMemory',
    'narrate',
    'wallNow',
    'castVotes',
    'whatIsDue',
    'asTrouble',
    'spotOf',
    'wishOf',
    'conclude',
    'unbooked',
    'wholeOf',
    'topUpOf',
    'Withdrawal',
    'isSettledLeg',
    'whereabouts',
    'createOwing',
    'BelievedBars',
    'faultBox',
    'believedBars',
    'troop',
    'aimNow',
    'aimsOf',
    'holdFirst',
    'heldAlone',
    'StudyGround',
    'askedOf',
    'standOf',
    'standsOf',
    'lastStand',
    'StayRow',
    'stayLines',
    'owedOrders',
    'OwedOrder',
    'owedLine',
    'meetAccount',
    'meetClock',
    'LookPace',
    'mayLook',
    'lookMs',
    'RequestBrake',
    'createRequestBrake',
    'bornCritical',
    'takeDown',
    'isTakenBack',
    'takeBackFlatten',
    'actionsInDoubt',
    'doubtReason',
    'whyNotFresh',
    'whyTooYoung',
    'whyClosed',
    'sayFarewell',
    'isAtWork',
    'createBeginner',
    'situationOf',
    'deepestFall',
    'fallsOf',
    'toldThrough',
    'asDataTrouble',
    'isOutdone',
    'isHeir',
    'MOST_[A-Z]+',
    'LONGEST_[A-Z]+_MS',
    'A_PAGE',
    'SAME_BREATH_MS',
    'SAME_WISH_MS',
    'LAST_WORDS_MS',
  ].join('|')})\\b`,
  'g',
);

/** Folders whose comments are held to plain English. */
const PLAIN_COMMENTS: readonly string[] = ['src', 'sandbox', 'scripts'];

/** Idioms that stood where a plain word does better. */
const IDIOMS = new RegExp(
  `\\b(?:${[
    'whoever',
    'for good',
    'anew',
    'afresh',
    'go(?:es)? on',
    'so many',
    'so much',
    'of itself',
    'comes? to',
    'came to',
    'once more',
    'is told',
    'is owed',
    'nobody',
    'anybody',
    'everybody',
    'beside',
    'in words',
    'of ours',
    'the desk',
  ].join('|')})\\b`,
  'gi',
);

const CODE = globSync(['src/**/*.ts', 'sandbox/**/*.ts', 'scripts/**/*.{ts,sh}'], { cwd: ROOT })
  .map((file) => ({ file, text: readFileSync(join(ROOT, file), 'utf8') }))
  .concat(['.env.example', 'compose.yaml'].map((file) => ({ file, text: readFile(file) })));

function readFile(file: string): string {
  return readFileSync(join(ROOT, file), 'utf8');
}

function sentencesIn(text: string): readonly string[] {
  return SENTENCES.filter((sentence) => text.includes(sentence));
}

/**
 * The text of each comment that begins a line, in TypeScript or a shell script; a comment of several lines
 * is one text.
 */
function commentsOf(text: string): readonly string[] {
  const found =
    text.match(/^[ \t]*(?:\/\*[\s\S]*?\*\/|(?:\/\/|# ).*(?:\n[ \t]*(?:\/\/|# ).*)*)/gm) ?? [];
  return found.map((comment) =>
    comment
      .replace(/^[ \t]*(?:\/\*\*?|\*(?!\/)|\/\/|# )|\*\/$/gm, ' ')
      .replace(/\s+/g, ' ')
      .trim(),
  );
}

function oddComments(text: string): readonly string[] {
  return commentsOf(text).flatMap((comment) => [
    ...(/^What\b/.test(comment) ? [comment] : []),
    ...[...comment.matchAll(IDIOMS)].map(([idiom]) => `${idiom} in: ${comment}`),
  ]);
}

describe('what was retired for plain words', () => {
  it('comes back in no sentence of the code and of the documents', () => {
    const found = [...CODE, ...DOCUMENTS].flatMap(({ file, text }) =>
      sentencesIn(text).map((sentence) => `${file}: ${sentence}`),
    );
    expect(CODE.length).toBeGreaterThan(300);
    expect(found).toEqual([]);
  });

  it('comes back in no name of the code', () => {
    const found = CODE.flatMap(({ file, text }) =>
      [...text.matchAll(NAMES)].map(([name]) => `${file}: ${name}`),
    );
    expect(found).toEqual([]);
  });

  it.each(PLAIN_COMMENTS)('comes back in no comment of %s', (folder) => {
    const files = CODE.filter(({ file }) => file.startsWith(`${folder}/`));
    expect(files.length).toBeGreaterThan(0);
    expect(
      files.flatMap(({ file, text }) => oddComments(text).map((odd) => `${file}: ${odd}`)),
    ).toEqual([]);
  });

  it('is found where it stands', () => {
    expect(sentencesIn("title: 'Left undone', // Max down")).toEqual(['Left undone', 'Max down']);
    expect('const a = openMemory();'.match(NAMES)).toEqual(['openMemory']);
    expect(oddComments('  /** What it needs. */\n  // Asked so\n  // many times.\n')).toEqual([
      'What it needs.',
      'so many in: Asked so many times.',
    ]);
    expect(oddComments('#!/bin/sh\n# Begun anew.\necho # anew\n')).toEqual([
      'anew in: Begun anew.',
    ]);
  });
});
