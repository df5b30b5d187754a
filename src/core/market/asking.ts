/** One source, and whether it answers. */
import type { SessionDate } from '#core/domain/units.ts';
import { sentence, TradingError } from '#core/errors.ts';
import type { Log } from '#core/ports.ts';
import type { BarFetcher } from './source/bar-fetcher.ts';
import type { Answer, Need } from './source/fetch-plan.ts';

export interface Asking {
  /** A new load: a source that was away is asked again. */
  begin(): void;
  /**
   * Undefined when the source does not answer, which is said once until it answers again. In the same
   * load it is not asked a second time then: each time it would be waited for.
   */
  ask(need: Need, through: SessionDate): Promise<Answer | undefined>;
  /** Why it did not answer in this load, in words. */
  problem(): string | undefined;
}

export function createAsking(fetcher: Pick<BarFetcher, 'fetch'>, log: Log): Asking {
  let said: string | undefined;
  let problem: string | undefined;

  return {
    begin() {
      problem = undefined;
    },
    problem: () => problem,
    async ask(need, through) {
      if (problem !== undefined) return undefined;
      try {
        const answer = await fetcher.fetch(need.tickers, need.from, through);
        if (said !== undefined) log.info('bars: the source answers again');
        said = undefined;
        return answer;
      } catch (error) {
        if (!(error instanceof TradingError)) throw error;
        if (said !== error.message) log.warn(`bars: nothing new: ${sentence(error)}`);
        problem = error.message;
        said = problem;
        return undefined;
      }
    },
  };
}
