import { describe, expect, it } from 'vitest';
import { sessionDate, ticker } from '#core/domain/units.ts';
import { sectorOf, UNIVERSE, withCandidates } from '#core/domain/universe.ts';

const fund = (symbol: string, sector = symbol) => ({
  ...{ ticker: ticker(symbol), sector, firstSession: sessionDate('2000-01-03') },
});

describe('the universe', () => {
  it('names the sector of each of its tickers, and of no other', () => {
    expect(sectorOf(UNIVERSE, ticker('XLF'))).toBe('Financials');
    expect(sectorOf(UNIVERSE, ticker('AAPL'))).toBeUndefined();
  });

  it('grows by the candidates of models that it does not have, each once', () => {
    const models = [
      { candidates: [fund('QQQ'), fund('XLK', 'another name')] },
      {},
      { candidates: [fund('QQQ'), fund('IWM')] },
    ];
    const grown = withCandidates(UNIVERSE, models);
    expect(grown.others?.map((each) => each.ticker)).toEqual(['QQQ', 'IWM']);
    const again = withCandidates(grown, [{ candidates: [fund('DIA')] }]);
    expect(again.others?.map((each) => each.ticker)).toEqual(['QQQ', 'IWM', 'DIA']);
  });

  it('is the same one where no model names another ticker', () => {
    expect(withCandidates(UNIVERSE, [{ candidates: [fund('XLK')] }, {}])).toBe(UNIVERSE);
  });
});
