/** The attacks on Rotor and their moments, from a seed. Pure. */
import { between, createSeededRandom } from '#sandbox/alpaca/seeded-random.ts';

/** When a process is killed. */
export type Moment =
  /** This long after the process started. */
  | { readonly kind: 'start'; readonly delayMs: number }
  /** This long after it has logged that many lines about trading. */
  | { readonly kind: 'trade'; readonly lines: number; readonly delayMs: number };

/** One attack on the running process. */
export type Step =
  | { readonly kind: 'kill'; readonly moment: Moment }
  /** SIGSTOP for longer than the lease, while a second instance takes over. */
  | { readonly kind: 'pause'; readonly moment: Moment; readonly overlapMs: number }
  /** A second instance while one is running. */
  | { readonly kind: 'second' }
  /** Killed, and two started at the same moment. */
  | { readonly kind: 'twins'; readonly moment: Moment }
  /** Another journal on the same account: a copy from before the rebalance, or an empty one. */
  | { readonly kind: 'split'; readonly from: 'copy' | 'nothing'; readonly endMs: number };

/** `kills` kills (twins are two of them in one), and one of each other attack per that many kills. */
const ONE_IN = { pause: 20, second: 20, twins: 25, copy: 20, nothing: 34 } as const;
/** Fraction of kills during the start; the others wait until it trades. */
const AT_START = 0.25;
const MAX_LINES = 4;
const START_MS = 2_500;
const TRADE_MS = 160;

/** The attacks of a run; equal seeds give equal attacks. */
export function planSteps(kills: number, seed: number): readonly Step[] {
  const chance = createSeededRandom(seed);
  const count = (every: number): number => Math.ceil(kills / every);
  const twins = Math.floor(kills / ONE_IN.twins);
  const make = (size: number, step: (n: number) => Step): Step[] =>
    Array.from({ length: size }, (_, n) => step(n));
  const trade = (name: string, n: number): Moment => ({
    kind: 'trade',
    lines: 1 + Math.floor(chance.of(name, 'lines', n) * MAX_LINES),
    delayMs: Math.floor(chance.of(name, 'delay', n) ** 2 * TRADE_MS),
  });
  const steps: Step[] = [
    ...make(kills - twins, (n) => ({ kind: 'kill', moment: killMoment(n) })),
    ...make(twins, (n) => ({ kind: 'twins', moment: trade('twins', n) })),
    ...make(count(ONE_IN.pause), (n) => ({
      kind: 'pause',
      moment: trade('pause', n),
      overlapMs: Math.floor(chance.of('overlap', n) * 400),
    })),
    ...make(count(ONE_IN.second), () => ({ kind: 'second' })),
    ...make(count(ONE_IN.copy), (n) => split('copy', n)),
    ...make(Math.floor(kills / ONE_IN.nothing), (n) => split('nothing', n)),
  ];
  return steps
    .map((step, n) => ({ step, rank: chance.of('rank', n) }))
    .sort((left, right) => left.rank - right.rank)
    .map(({ step }) => step);

  function killMoment(n: number): Moment {
    if (chance.of('where', n) >= AT_START) return trade('kill', n);
    return { kind: 'start', delayMs: Math.floor(between(chance.of('start', n), 0, START_MS)) };
  }

  function split(from: 'copy' | 'nothing', n: number): Step {
    return { kind: 'split', from, endMs: Math.floor(chance.of('split', from, n) * 1_000) };
  }
}
