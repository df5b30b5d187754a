import { hostname } from 'node:os';
import Database from 'better-sqlite3';
import { errorCode, OccupiedError } from '../errors.ts';
import type { Clock } from '../ports.ts';

/** One running Rotor per journal. Time here is real time, not the market's. */
export interface Lease {
  /** Incremented by every holder; writes of an older epoch are rejected. */
  readonly epoch: number;
  /** @throws OccupiedError when another Rotor has taken over. */
  assertHeld(): void;
  /** Called every few seconds, so that others see that we are alive. */
  renew(): void;
  release(): void;
}

/** The lease in the database; `expires` in milliseconds since 1970. */
export interface Row {
  readonly owner: string;
  readonly epoch: number;
  readonly expires: number;
}

/** A holder that has not renewed for this long may be replaced. */
export const LEASE_MS = 10_000;
const RECHECK_MS = 500;
/** Stored as the expiry once the holder has released the lease. */
const RELEASED = 0;

/** The holder: a process id is only meaningful on its own host. */
export interface Holder {
  readonly pid: number;
  readonly host: string;
  /** Whether a process of this host is alive. */
  readonly lives: (pid: number) => boolean;
}

/** This process on this host as a holder of the lease. */
export function thisProcess(): Holder {
  return { pid: process.pid, host: hostname(), lives };
}

function lives(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    // EPERM: it is alive and belongs to another user.
    return errorCode(error) === 'EPERM';
  }
}

/**
 * Takes the lease, waiting out a holder that no longer renews.
 * @throws OccupiedError when another Rotor runs on this journal.
 */
export async function acquireLease(
  database: Database.Database,
  wall: Clock,
  holder: Holder,
): Promise<Lease> {
  const seen = holderOf(database);
  await untilSilent(() => holderOf(database), wall, holder);
  return take(database, wall, holder, seen);
}

/**
 * Returns when no other Rotor holds that row. One that renews while we wait is alive; one that does not is
 * waited for no longer than the duration of a lease, whatever its row says: if the clock was set back since,
 * the stored expiry lies hours ahead.
 * @throws OccupiedError when another Rotor runs on this journal.
 */
export async function untilSilent(
  read: () => Row | undefined,
  wall: Pick<Clock, 'sleep'>,
  holder: Holder,
): Promise<void> {
  const seen = read();
  for (let waitedMs = 0; waitedMs <= LEASE_MS; waitedMs += RECHECK_MS) {
    const other = aliveHolder(read(), holder);
    if (!other) return;
    if (!isSame(other, seen)) throw occupied(other);
    await wall.sleep(RECHECK_MS);
  }
}

/** `silent`: the row of a holder that did not renew while we waited, and is replaced. */
function take(
  database: Database.Database,
  wall: Clock,
  holder: Holder,
  silent: Row | undefined,
): Lease {
  const owner = `${holder.host} ${holder.pid}`;
  const write = database.prepare(
    `INSERT INTO lease (id, owner, epoch, expires) VALUES (1, @owner, @epoch, @expires)
       ON CONFLICT (id) DO UPDATE SET owner = @owner, epoch = @epoch, expires = @expires`,
  );
  const epoch = database
    .transaction(() => {
      const known = holderOf(database);
      const other = aliveHolder(known, holder);
      if (other && !isSame(other, silent)) throw occupied(other);
      const next = (known?.epoch ?? 0) + 1;
      write.run({ owner, epoch: next, expires: wall.now() + LEASE_MS });
      return next;
    })
    .immediate();
  const read = readHolder(database);
  const assertHeld = (): void => {
    const now = read.get();
    if (now?.epoch === epoch) return;
    throw new OccupiedError(
      `lease: another Rotor (${now?.owner ?? 'unknown'}) has taken this journal over; this one stops`,
      'halt',
    );
  };
  const extend = database.transaction((expires: number) => {
    assertHeld();
    write.run({ owner, epoch, expires });
  });
  return {
    epoch,
    assertHeld,
    renew: () => extend.immediate(wall.now() + LEASE_MS),
    release: () => {
      if (holderOf(database)?.epoch === epoch) extend.immediate(RELEASED);
    },
  };
}

/** The last holder of the journal and its expiry; undefined when there never was one. */
export function holderOf(database: Database.Database): Row | undefined {
  return readHolder(database).get();
}

function readHolder(database: Database.Database): Database.Statement<[], Row> {
  return database.prepare<[], Row>('SELECT owner, epoch, expires FROM lease');
}

function isSame(row: Row, other: Row | undefined): boolean {
  return row.epoch === other?.epoch && row.expires === other.expires;
}

/** The process of this host that holds the journal now; undefined when there is none, or it is unknown. */
export function runningHolder(file: string, { host, pid, lives }: Holder): number | undefined {
  try {
    const database = new Database(file, { readonly: true, fileMustExist: true });
    const row = holderOf(database);
    database.close();
    if (!row || row.expires === RELEASED) return undefined;
    const [owner, process] = row.owner.split(' ');
    const other = Number(process);
    return owner === host && other !== pid && lives(other) ? other : undefined;
  } catch {
    // No readable journal yet: then this check does not apply.
    return undefined;
  }
}

/**
 * The holder, unless it released, was an ended process of this host, or was ourselves. The expiry in its
 * row does not prove its end: a clock that jumps forward would evict a living holder.
 */
function aliveHolder(row: Row | undefined, holder: Holder): Row | undefined {
  if (row === undefined || row.expires === RELEASED) return undefined;
  const [host, pid] = row.owner.split(' ');
  if (host !== holder.host) return row;
  return Number(pid) !== holder.pid && holder.lives(Number(pid)) ? row : undefined;
}

function occupied(row: Row): OccupiedError {
  return new OccupiedError(
    `lease: another Rotor runs on this journal (${row.owner}); stop it first, one account has one desk`,
    'fix-config',
  );
}
