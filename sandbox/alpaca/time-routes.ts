import type { ServerResponse } from 'node:http';
import type { MarketTime } from '#core/market-time/market-time.ts';
import { SPEEDS } from '#core/market-time/time-scale.ts';
import { badRequest, ok } from './answers.ts';
import { type Route, route } from './http.ts';

/** Endpoints to read and set the market's speed. */
export function timeRoutes(time: MarketTime): readonly Route[] {
  return [
    route('GET', '/sandbox/time', () => ok(time.timeScale())),
    route('POST', '/sandbox/speed', ({ body }) => {
      const speed = speedOf(body['speed']);
      if (speed === undefined)
        return badRequest(`speed: ${Object.keys(SPEEDS).join(', ')} or a number`);
      time.setSpeed(speed);
      return ok(time.timeScale());
    }),
  ];
}

/** Server-sent events: the time scale now and after every change. */
export function streamTime(time: MarketTime, response: ServerResponse): void {
  response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
  const tell = (): void => void response.write(`data: ${JSON.stringify(time.timeScale())}\n\n`);
  const off = time.onChange(tell);
  response.on('close', off);
  tell();
}

function speedOf(written: unknown): number | undefined {
  if (typeof written === 'number')
    return written >= 0 && Number.isFinite(written) ? written : undefined;
  return Object.entries(SPEEDS).find(([name]) => name === written)?.[1];
}
