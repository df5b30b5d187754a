/**
 * Timestamps in Discord's formats, relative to the market clock. Discord uses the reader's own time zone;
 * this page uses New York's, because it shows the market clock.
 */
const timeZone = 'America/New_York';
const UNITS: readonly (readonly [Intl.RelativeTimeFormatUnit, number])[] = [
  ['year', 31_536_000],
  ['month', 2_592_000],
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
  ['second', 1],
];
const relative = new Intl.RelativeTimeFormat('en-US', { numeric: 'auto' });

function relativeTime(unixSeconds: number, nowMs: number): string {
  const seconds = Math.round(unixSeconds - nowMs / 1000);
  const [unit, size] = UNITS.find(([, each]) => Math.abs(seconds) >= each) ?? ['second', 1];
  return relative.format(Math.trunc(seconds / size), unit);
}

const STYLES: Readonly<Record<string, Intl.DateTimeFormatOptions>> = {
  t: { hour: 'numeric', minute: '2-digit' },
  T: { hour: 'numeric', minute: '2-digit', second: '2-digit' },
  d: { month: '2-digit', day: '2-digit', year: 'numeric' },
  D: { month: 'long', day: 'numeric', year: 'numeric' },
  f: { month: 'long', day: 'numeric', year: 'numeric', hour: 'numeric', minute: '2-digit' },
  F: {
    weekday: 'long',
    month: 'long',
    day: 'numeric',
    year: 'numeric',
    hour: 'numeric',
    minute: '2-digit',
  },
  s: { month: '2-digit', day: '2-digit', year: 'numeric', hour: 'numeric', minute: '2-digit' },
  S: {
    month: '2-digit',
    day: '2-digit',
    year: 'numeric',
    hour: 'numeric',
    minute: '2-digit',
    second: '2-digit',
  },
};

/** A Discord timestamp in one of its styles, in the page's zone. */
export function styledTime(unixSeconds: number, style: string, nowMs: number): string {
  if (style === 'R') return relativeTime(unixSeconds, nowMs);
  return new Date(unixSeconds * 1000).toLocaleString('en-US', {
    timeZone,
    ...(STYLES[style] ?? STYLES['f']),
  });
}

/** Next to a message's author; today and yesterday are in market time. */
export function messageTime(iso: string, nowMs: number): string {
  const at = new Date(iso);
  const time = at.toLocaleTimeString('en-US', { timeZone, ...STYLES['t'] });
  const days = dayNumber(nowMs) - dayNumber(at.getTime());
  if (days === 0) return `Today at ${time}`;
  if (days === 1) return `Yesterday at ${time}`;
  return `${at.toLocaleDateString('en-US', { timeZone, ...STYLES['d'] })} ${time}`;
}

/** Day of an ISO instant, for a divider between messages. */
export function dayName(iso: string): string {
  return new Date(iso).toLocaleDateString('en-US', { timeZone, ...STYLES['D'] });
}

function dayNumber(ms: number): number {
  const [month, day, year] = new Date(ms)
    .toLocaleDateString('en-US', { timeZone, ...STYLES['d'] })
    .split('/')
    .map(Number);
  return Date.UTC(year ?? 0, (month ?? 1) - 1, day) / 86_400_000;
}

const newYork = new Intl.DateTimeFormat('en-US', {
  timeZone,
  weekday: 'short',
  month: 'short',
  day: 'numeric',
  year: 'numeric',
  hour: '2-digit',
  minute: '2-digit',
  hour12: false,
});

/** `Mon, Nov 24, 2025, 09:35 ET` */
export function marketTime(nowMs: number): string {
  return `${newYork.format(nowMs).replace(/ 24:/, ' 00:')} ET`;
}
