/** A sandbox in a process of its own that orders and says the time until it is killed. */
import { sessionDate } from '#core/domain/units.ts';
import { createMarketTime } from '#core/market-time/market-time.ts';
import { realNow } from '#core/market-time/real-timers.ts';
import { SPEEDS } from '#core/market-time/time-scale.ts';
import { createSandboxAlpaca } from '#sandbox/alpaca/server.ts';
import { DAY, LAST, nyTime, springBars } from './brokerage.ts';

const time = createMarketTime({
  start: nyTime(DAY, 9, 40),
  end: sessionDate(LAST),
  speed: SPEEDS.minute,
  realNow,
});
const [stateDir] = process.argv.slice(2);
const broker = await createSandboxAlpaca({ bars: springBars(), stateDir, time, seed: 7 });
const headers = { 'apca-api-key-id': broker.keyId, 'apca-api-secret-key': broker.secret };

for (let n = 0; n < 20; n++) {
  const body = JSON.stringify({
    symbol: 'XLK',
    side: 'buy',
    type: 'market',
    time_in_force: 'day',
    qty: '1',
  });
  await fetch(`${broker.url}/v2/orders`, { method: 'POST', headers, body });
  process.stdout.write('order placed.\n');
}
// As another process would see it, which follows the clock and asks nothing.
setInterval(() => process.stdout.write(`now ${time.now()}.\n`), 1);
