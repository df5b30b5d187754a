import type { RuleBreak } from './rule-break.ts';

const READINESS = 'src/health/readiness.ts';
const STARTS = 'src/health/starts.ts';
const READY = 'tests/health/readiness.test.ts';
const STARTED = 'tests/health/starts.test.ts';

/** What watches over the process itself. */
export const HEALTH_BREAKS: readonly RuleBreak[] = [
  {
    rule: 'two intervals without an answer are a fault',
    file: READINESS,
    find: 'return answerMs <= INTERVALS * intervalMs ? ok(said) : bad(said);',
    put: 'return ok(said);',
    tests: READY,
    test: 'turns red within two intervals of silence',
  },
  {
    rule: 'who has not compared the books may not trade',
    file: READINESS,
    find: "if (comparedAt === undefined) return bad('not since the start');",
    put: "if (comparedAt === undefined) return ok('not yet');",
    tests: READY,
    test: 'books that were never compared',
  },
  {
    rule: 'a desk that Discord does not hear still trades',
    file: READINESS,
    find: "ok || name === 'Discord'",
    put: 'ok',
    tests: READY,
    test: 'is what a desk stays that Discord does not hear',
  },
  {
    rule: 'a look that never ends is no life',
    file: READINESS,
    find: 'alive: lookMs <= hungMs',
    put: 'alive: true',
    tests: READY,
    test: 'is a process whose looks come to their end',
  },
  {
    rule: 'what Rotor halted by itself is not well',
    file: READINESS,
    find: "state.by !== 'rotor'",
    put: 'true',
    tests: READY,
    test: 'is not a desk that halted by itself',
  },
  {
    rule: 'the dead man’s switch hears nothing while something is wrong',
    file: 'src/health/heartbeat.ts',
    find: 'if (url === undefined || asking || !isWell()) return;',
    put: 'if (url === undefined || asking) return;',
    tests: 'tests/health/heartbeat.test.ts',
    test: 'hears from us only while all is well',
  },
  {
    rule: 'five crashes end in safe mode',
    file: STARTS,
    find: 'crashes.length >= limit',
    put: 'crashes.length > limit',
    tests: STARTED,
    test: 'the start after five crashes',
  },
  {
    rule: 'an end in order is no crash',
    file: STARTS,
    find: "each.end !== 'ended' && ",
    put: '',
    tests: STARTED,
    test: 'counts no end in order',
  },
  {
    rule: 'the safe mode does not leave by itself',
    file: STARTS,
    find: 'let safeMode = known.safeMode?.build === build ? known.safeMode : undefined;',
    put: "let safeMode: StartRecord['safeMode'];",
    tests: STARTED,
    test: 'does not leave by itself',
  },
  {
    rule: 'another version is not held by the safe mode of this one',
    file: STARTS,
    find: 'known.safeMode?.build === build',
    put: 'known.safeMode',
    tests: STARTED,
    test: 'is not that of another version',
  },
  {
    rule: 'the word outside is said once in a while',
    file: 'src/health/supervisor.ts',
    find: '      file.write({ ...told, [hash]: now() });\n',
    put: '',
    tests: 'tests/health/supervisor.test.ts',
    test: 'is said once in fifteen minutes',
  },
  {
    rule: 'no secret leaves by the webhook',
    file: 'src/health/supervisor.ts',
    find: 'bodyOf(scrub(text))',
    put: 'bodyOf(text)',
    tests: 'tests/health/supervisor.test.ts',
    test: 'holds no secret',
  },
  {
    rule: 'health is read and never written',
    file: 'src/health/server.ts',
    find: "  if (method !== 'GET') return plain(405, 'GET only');\n",
    put: '',
    tests: 'tests/health/server.test.ts',
    test: 'takes no POST',
  },
  {
    rule: 'a closer that hangs is not waited for',
    file: 'src/life.ts',
    find: 'const problem = await Promise.race([Promise.resolve(end()).then(() => undefined), late]);',
    put: 'const problem: string | undefined = await Promise.resolve(end()).then(() => undefined);',
    tests: 'tests/life.test.ts',
    test: 'what hangs',
  },
];
