/** Types of variables. Every message follows the variable's name and repeats no value. */
import { z } from 'zod';
import { NOTICE_PLACES, NOTICES, type NoticePlaces } from '#core/domain/notices.ts';
import { sessionDate } from '#core/domain/units.ts';
import { isLoopback, isSafeUrl } from './addresses.ts';

const DECIMAL = /^\d+(\.\d+)?$/;
const SIGNED = /^-?\d+(\.\d+)?$/;
const WHOLE = /^\d+$/;

function numeric(pattern: RegExp, kind: string, from: number, to: number) {
  // One step, as thirty variables are numbers and each step of a schema takes time at every start.
  return z.string().transform((text, context): number => {
    const value = pattern.test(text.trim()) ? Number(text) : Number.NaN;
    if (value >= from && value <= to) return value;
    context.addIssue({ code: 'custom', message: `expected a ${kind} from ${from} to ${to}` });
    return z.NEVER;
  });
}

/** A decimal number within the bounds, inclusive; whitespace is not a number. */
export function number(from: number, to: number) {
  return numeric(from < 0 ? SIGNED : DECIMAL, 'number', from, to);
}

/** A whole number within the bounds, inclusive. */
export function wholeNumber(from: number, to: number) {
  return numeric(WHOLE, 'whole number', from, to);
}

/** A path as the system takes it: only a shell replaces `~` and `$HOME`, and would name another folder. */
export const path = z
  .string()
  .regex(/\S/, 'expected a path, found blanks')
  .regex(/^(?![~$])/, 'expected a path without ~ and $, which only a shell replaces');

/** A web address without a password and reachable from other machines. */
export const webAddress = z
  .url({ protocol: /^https?$/, error: 'expected an http or https address' })
  .refine((url) => !hasPassword(url), 'expected an address without a user or a password');

function hasPassword(url: string): boolean {
  const { username, password } = URL.canParse(url) ? new URL(url) : { username: '', password: '' };
  return username !== '' || password !== '';
}

/** An address that is itself a secret; unencrypted only on this machine. */
export const secretUrl = z.string().refine(isSafeUrl, 'expected an https address');

/** `true` or `false`; false when not set. */
export const flag = z
  .enum(['true', 'false'], 'expected true or false')
  .default('false')
  .transform((text) => text === 'true');

const QUIET = /^([01]\d|2[0-3]):([0-5]\d)-([01]\d|2[0-3]):([0-5]\d)$/;

/** Two times of day, as minutes after midnight in New York. */
export const quietHours = z
  .string()
  .regex(QUIET, 'expected New York hours as in 22:00-07:00')
  .transform((text) => {
    const [h1, m1, h2, m2] = (QUIET.exec(text) ?? []).slice(1).map(Number);
    return { from: (h1 ?? 0) * 60 + (m1 ?? 0), to: (h2 ?? 0) * 60 + (m2 ?? 0) };
  })
  .refine(({ from, to }) => from !== to, 'expected two different times');

const MOVE = /^[A-Z][A-Z0-9.]{0,9}:/;

/** Tickers with dates, separated by commas; none by default. */
export const acceptedMoves = z
  .string()
  .default('')
  .transform((text) => text.split(',').flatMap((part) => part.trim() || []))
  .refine(
    (parts) => parts.every((part) => MOVE.test(part) && isDate(part.replace(MOVE, ''))),
    'expected tickers with days as in XLE:2026-11-20,XLF:2026-11-20',
  );

function isDate(text: string): boolean {
  return z.iso.date().safeParse(text).success;
}

/** Days, separated by commas; none by default. A day without a session anyway changes nothing. */
export const closedDays = z
  .string()
  .default('')
  .transform((text) => text.split(',').flatMap((part) => part.trim() || []))
  .refine((parts) => parts.every(isDate), 'expected days as in 2025-01-09,2026-03-13')
  .transform((parts) => parts.map(sessionDate));

const NOTICE = new RegExp(`^(${NOTICES.join('|')}):(${NOTICE_PLACES.join('|')})$`);

/** Where each kind of message goes, as `daily:off,drift:thread`; defaults when not set. */
export const noticePlaces = z
  .string()
  .default('')
  .transform((text) => text.split(',').flatMap((part) => part.trim() || []))
  .refine(
    (parts) => parts.every((part) => NOTICE.test(part)),
    `expected kinds (${NOTICES.join(', ')}) with channel, thread or off as in daily:off,drift:thread`,
  )
  .transform((parts) => Object.fromEntries(parts.map((part) => part.split(':'))) as NoticePlaces);

/** A Discord id. */
export const snowflake = z
  .string()
  .regex(/^[1-9]\d{16,19}$/, 'expected a Discord id of 17 to 20 digits');

/** One of the official addresses, or one on this machine. */
export function baseAddress(official: readonly string[]) {
  return z
    .string()
    .refine(
      (url) => official.includes(url) || isLoopback(url),
      `expected ${official.join(' or ')}, or a loopback address`,
    );
}

const TIMES = /^([01]\d|2[0-3]):([0-5]\d),([01]\d|2[0-3]):([0-5]\d)$/;

/** An evening and a morning, as minutes after midnight in New York; the morning is before the open. */
export const announceTimes = z
  .string()
  .regex(TIMES, 'expected an evening and a morning in New York as in 20:00,09:00')
  .transform((text) => {
    const [h1, m1, h2, m2] = (TIMES.exec(text) ?? []).slice(1).map(Number);
    return { evening: (h1 ?? 0) * 60 + (m1 ?? 0), morning: (h2 ?? 0) * 60 + (m2 ?? 0) };
  })
  .refine(({ evening }) => evening >= 16 * 60 + 30, 'expected an evening after 16:30 New York')
  .refine(({ morning }) => morning <= 9 * 60 + 30, 'expected a morning before 09:30 New York');
