/** The steps of the proof, in order. */
import { build, buildAgain } from './image.ts';
import { backUp, fullDisk, restore } from './journal.ts';
import { memory } from './memory.ts';
import type { Step } from './proof.ts';
import { rotateKeys, setUpServer, stop } from './server.ts';
import {
  crash,
  crashLater,
  deploy,
  deployCode,
  neverReady,
  newerJournal,
  openOrders,
  promises,
  pushToProduction,
  rollBack,
  trade,
} from './versions.ts';

type Steps = readonly (readonly [name: string, step: Step])[];

const TO_THE_FIRST_TRADE: Steps = [
  ['a new server', setUpServer],
  ['first deploy', deploy],
  ['what Dockerfile and compose.yaml promise', promises],
  ['a deploy while orders are open', openOrders],
  ['the desk trades', trade],
];

/** Steps that fit into CI's time. */
export const SHORT_STEPS: Steps = [
  ['image', build],
  ...TO_THE_FIRST_TRADE,
  ['backup', backUp],
  ['the end by SIGTERM', stop],
];

/** The memory alone. */
export const MEMORY_STEPS: Steps = [
  ['image', build],
  ['a new server', setUpServer],
  ['first deploy', deploy],
  ['the desk trades', trade],
  ['the memory it takes', memory],
];

/** All steps. */
export const LONG_STEPS: Steps = [
  ['image', build],
  ['the same image again', buildAgain],
  ...TO_THE_FIRST_TRADE,
  ['the memory it takes', memory],
  ['a deploy that changes code alone', deployCode],
  ['a version that crashes', crash],
  ['a version that crashes when it was ready', crashLater],
  ['a version that is never ready', neverReady],
  ['a version whose entries the old one cannot read', newerJournal],
  ['each key rotated', rotateKeys],
  ['git push production', pushToProduction],
  ['rollback', rollBack],
  ['backup', backUp],
  ['restore', restore],
  ['a deploy with a full disk', fullDisk],
  ['the end by SIGTERM', stop],
];
