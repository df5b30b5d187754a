/** The trading machine: wakes, asks what is due, and does one thing at a time. */
import type { Book } from './domain/book.ts';
import type { Outcome } from './domain/decision.ts';
import type { Alert, Entry } from './domain/entry.ts';
import type { Observation } from './domain/observation.ts';
import { createDuties } from './engine/duties.ts';
import { createObserver } from './engine/observer.ts';
import type { EngineParts } from './engine/parts.ts';
import { createProposals, type Proposals } from './engine/proposals.ts';
import { sentence, TradingError } from './errors.ts';
import type { DeskEvent, Listen } from './events.ts';
import { whatIsDue } from './scheduler.ts';

/** What a command may ask of the machine. It answers with records; it alone talks to the broker. */
export interface Engine extends Proposals {
  book(): Book;
  observation(): Observation;
  /** Decides as of now and changes nothing. */
  preview(): Promise<Outcome>;
  /** Writes down who used which command, allowed or not. False when that interaction is known already. */
  audit(command: Extract<Entry, { kind: 'command' }>): boolean;
  readonly listen: Listen;
}

/** The engine with its life, for the composition root. */
export interface RunningEngine extends Engine {
  /** Reads bars, meets the account, follows up orders of before. @throws TradingError `fix-config`. */
  start(): Promise<void>;
  /** Does what is due, one thing at a time; while busy another wake is a no-op. */
  wake(): Promise<void>;
  /** Looks at the broker for the views. */
  look(): Promise<void>;
  /** No new order leaves; resolves when the step at hand is written down. */
  stop(reason: string): Promise<void>;
}

/** After trouble or no decision the same thing is tried again this much later, on the desk's clock. */
const REST_MS = 5 * 60_000;

export function createEngine(parts: EngineParts): RunningEngine {
  const { journal, clock, log } = parts;
  const observer = createObserver(parts);
  const stopping = new AbortController();
  const listeners = new Set<(event: DeskEvent) => void>();
  const tell = (event: DeskEvent): void => {
    for (const listener of listeners) listener(event);
  };
  const duties = createDuties(parts, observer, stopping.signal);
  const proposals = createProposals(parts, observer);
  let work: Promise<void> | undefined;
  let restUntil = 0;
  let troubleUntil = 0;

  journal.onAppend((all) => {
    for (const recorded of all) tell({ kind: 'recorded', recorded });
  });

  async function look(): Promise<void> {
    const observation = await observer.look();
    tellBroker(parts, observation);
    tell({ kind: 'observed', observation });
  }

  async function attend(): Promise<void> {
    if (clock.now() < troubleUntil) return;
    try {
      if (await duties.refreshBars()) await look();
      await duties.meetAccount();
      for (const due of whatIsDue(journal.book(), clock.now())) {
        if (stopping.signal.aborted) return;
        if (due.kind !== 'equity' && clock.now() < restUntil) continue;
        const outcome = await duties.perform(due);
        if (outcome === 'rest') restUntil = clock.now() + REST_MS;
        await look();
      }
    } catch (error) {
      if (stopping.signal.aborted) return;
      troubleUntil = clock.now() + REST_MS;
      recordTrouble(parts, error);
    }
  }

  return {
    book: journal.book,
    observation: observer.last,
    preview: () => observer.decide('preview', 'manual'),
    ...proposals,
    audit: (command) => journal.append(command).length > 0,
    listen(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    async start() {
      journal.append({ kind: 'started', version: parts.version, mode: parts.mode });
      await duties.refreshBars((done, of) =>
        tell({ kind: 'progress', text: `bars ${done} of ${of}` }),
      );
      await look();
      await duties.meetAccount();
      await duties.followUp();
      await look();
    },
    wake() {
      work ??= attend().finally(() => {
        work = undefined;
      });
      return work;
    },
    look,
    async stop(reason) {
      stopping.abort(new TradingError('Rotor is stopping', 'retry'));
      await work;
      journal.append({ kind: 'stopped', reason });
      log.info(`stopped: ${reason}`);
    },
  };
}

/** One alert when the broker goes, one word when it is back. */
function tellBroker({ journal }: EngineParts, { broker }: Observation): void {
  const open = journal.book().alerts.has('broker');
  if (!broker.connected && !open) {
    journal.append({ kind: 'alert', alert: brokerAlert(broker.problem) });
  } else if (broker.connected && open) {
    journal.append({ kind: 'resolved', subject: 'broker', text: 'Alpaca answers again.' });
  }
}

function brokerAlert(problem: string | undefined): Alert {
  return {
    subject: 'broker',
    severity: 'error',
    title: 'Alpaca does not answer',
    text: problem ?? 'No answer.',
    remedy: 'Rotor keeps asking; no order is sent meanwhile. Positions stay.',
  };
}

/** What nobody expected becomes an alert; what must not go on becomes HALT as well. */
function recordTrouble({ journal, log }: EngineParts, error: unknown): void {
  const text = sentence(error);
  const halt = error instanceof TradingError && error.remedy === 'halt';
  log.error(text, { error: error instanceof Error ? error.stack : undefined });
  const alert: Alert = {
    subject: `error ${text}`,
    severity: halt ? 'critical' : 'error',
    title: halt ? 'Trading halted' : 'Error',
    text,
    remedy: halt
      ? 'No order leaves until an operator resumes trading.'
      : 'Rotor tries again in five minutes.',
  };
  const entries: Entry[] = [{ kind: 'alert', alert }];
  if (halt) entries.push({ kind: 'state', state: 'HALT', by: 'rotor', reason: text });
  journal.append(...entries);
}
