/** What Discord, or what stands before it, may do to the bot. */
import type { RuleBreak } from './rule-break.ts';

const CIRCUIT_BREAKER = 'src/bot/discord/circuit-breaker.ts';
const CHANNEL = 'src/bot/discord/discord-channel.ts';
const GATEWAY = 'src/bot/discord/gateway.ts';
const COMMANDS = 'src/bot/discord/register-commands.ts';
const SEND = 'src/bot/messages/send-message.ts';
const ACCESS = 'src/bot/interactions/access.ts';
const ROLES = 'src/bot/discord/role-problems.ts';
const NOTICES = 'tests/bot/messages/notices.test.ts';
const BRAKED = 'tests/bot/discord/circuit-breaker.test.ts';
const CHANNELS = 'tests/bot/discord/discord-channel.test.ts';
const WEATHER = 'tests/bot/discord/hard-weather.sandbox.test.ts';
const ALLOWED = 'tests/bot/interactions/access.test.ts';

export const DISCORD_BREAKS: readonly RuleBreak[] = [
  {
    rule: 'whoever lost the role is told nothing in person',
    file: 'src/bot/alerts/approval-calls.ts',
    find: "if (!may) return void noted('no role');",
    put: '',
    tests: 'tests/bot/alerts/approval-calls.sandbox.test.ts',
    test: 'gets nothing once the role is gone',
  },
  {
    rule: 'a critical alert cannot be switched off',
    file: 'src/core/domain/notices.ts',
    find: "severity === 'critical' ? undefined : ",
    put: '',
    tests: NOTICES,
    test: 'is nowhere if it is off, but critical alerts are always reported',
  },
  {
    rule: 'what an admin said in Discord counts before the setting',
    file: 'src/core/domain/notices.ts',
    find: 'chosen.get(notice)?.place ?? setting[notice]',
    put: 'setting[notice] ?? chosen.get(notice)?.place',
    tests: NOTICES,
    test: 'is what an admin chose in Discord, before the setting',
  },
  {
    rule: 'a ban is asked about once in ten minutes, however long it says that it lasts',
    file: CIRCUIT_BREAKER,
    find: 'Math.min(MAX_PAUSE_MS, requestedMs)',
    put: 'requestedMs',
    tests: BRAKED,
    test: 'is asked about once in ten minutes and reported once',
  },
  {
    rule: 'a 429 that names no time stops the requests',
    file: CIRCUIT_BREAKER,
    find: 'waitMs === 0 || (waitMs',
    put: '(waitMs',
    tests: BRAKED,
    test: 'of Discord without a time block the next request at once, unlike in the library',
  },
  {
    rule: 'a ban that is told in JSON is a ban',
    file: CIRCUIT_BREAKER,
    find: 'waitMs > LONG_WAIT_MS && ',
    put: 'waitMs < 0 && ',
    tests: BRAKED,
    test: 'of 18 hours, told in JSON,',
  },
  {
    rule: 'refused requests are counted whatever the answer',
    file: CIRCUIT_BREAKER,
    find: '(isShared(response) ? shared : refusals).note()',
    put: 'shared.note()',
    tests: BRAKED,
    test: 'stay few with a 403',
  },
  {
    rule: 'one request asks whether a ban is over',
    file: CIRCUIT_BREAKER,
    find: '(isOn(block) || isProbing)',
    put: 'isOn(block)',
    tests: BRAKED,
    test: 'lets a single request check whether it is over, however many wait',
  },
  {
    rule: 'what something before Discord answers is an outage',
    file: CIRCUIT_BREAKER,
    find: '!isDiscords(response) && response.status < 500',
    put: 'response.status >= 600',
    tests: BRAKED,
    test: 'with status 400 is an outage',
  },
  {
    rule: 'a ban that is said page by page is told outside within a minute',
    file: CIRCUIT_BREAKER,
    find: 'now + pauseMs - began',
    put: 'pauseMs',
    tests: BRAKED,
    test: 'that continues is reported outside Discord within a minute, once, with a 403 page',
  },
  {
    rule: 'a ban is told outside of Discord',
    file: CIRCUIT_BREAKER,
    find: '  onBlocked?.(',
    put: '  void (',
    tests: BRAKED,
    test: 'is asked about once in ten minutes and reported once',
  },
  {
    rule: 'a ban is known when nothing is said',
    file: 'src/bot/bot.ts',
    find: 'if (silentMs >= SILENT_MS) await state.session?.gateway.probe();',
    put: 'void silentMs;',
    tests: WEATHER,
    test: 'is known within a minute when nothing is said',
  },
  {
    rule: 'a 400 without a code of its own is no word about the message',
    file: CHANNEL,
    find: "status === wanted && typeof code === 'number' && code > 0",
    put: 'status === wanted',
    tests: CHANNELS,
    test: 'a 400 without a code of its own is sent again unchanged',
  },
  {
    rule: 'a refused message is tried again as plain text',
    file: SEND,
    find: '    plainly(message, text),\n',
    put: '',
    tests: WEATHER,
    test: 'comes once more as plain text with its mention',
  },
  {
    rule: 'the sentence in place of a refused message keeps the mention',
    file: SEND,
    find: 'plainly(message, mentioning(message, unshown))',
    put: 'plainly(message, unshown)',
    tests: WEATHER,
    test: 'leaves a sentence with the mention',
  },
  {
    rule: 'the commands come back with an invitation',
    file: GATEWAY,
    find: "    if (id === parts.discord.guildId) onTouched({ kind: 'commands' });\n",
    put: '',
    tests: WEATHER,
    test: 'are back within a minute when Rotor is removed and invited again',
  },
  {
    rule: 'the commands are looked at with each new session',
    file: GATEWAY,
    find: "client.on(Events.ShardReady, () => onTouched({ kind: 'commands' }));",
    put: '',
    tests: WEATHER,
    test: 'are back after a new session',
  },
  {
    rule: 'global commands of an older bot go',
    file: COMMANDS,
    find: 'const old = await gateway.removeGlobalCommands();',
    put: 'const old: readonly string[] = [];',
    tests: WEATHER,
    test: 'that an older bot registered globally are removed and named',
  },
  {
    rule: 'the entry of @everyone gives no right',
    file: ACCESS,
    find: 'id !== rules.guildId && ids.includes(id, lowest)',
    put: 'ids.includes(id, lowest)',
    tests: ALLOWED,
    test: 'gives nobody a right if operatorRoleId names it',
  },
  {
    rule: 'without an operator role nobody acts',
    file: ACCESS,
    find: 'if (rules.operatorRoleId === undefined) {',
    put: 'if (rules.adminRoleId === undefined && rules.operatorRoleId === undefined) {',
    tests: ALLOWED,
    test: 'gives nobody the right of an operator',
  },
  {
    rule: 'the server’s own id is refused as a role',
    file: 'src/config/discord-rules.ts',
    find: 'env[name] === guildId',
    put: "name === 'VIEWER_ROLE_ID' && env[name] === guildId",
    tests: 'tests/config/discord-rules.test.ts',
    test: 'is refused as OPERATOR_ROLE_ID',
  },
  {
    rule: 'a webhook of Discord is said to share its ban',
    file: 'src/config/discord-rules.ts',
    find: 'if (!DISCORD_HOSTS.test(new URL(webhook).hostname)) return [];',
    put: 'return [];',
    tests: 'tests/config/discord-rules.test.ts',
    test: 'is said to be silenced by the same ban',
  },
  {
    rule: 'a role that the server does not have is named',
    file: ROLES,
    find: 'if (roleName(id) !== undefined) return [];',
    put: 'return [];',
    tests: 'tests/bot/discord/role-problems.test.ts',
    test: 'are reported if the server lacks them',
  },
  {
    rule: 'two rights of one role are named',
    file: ROLES,
    find: '    ...equals(settings, roleName),\n',
    put: '',
    tests: 'tests/bot/discord/role-problems.test.ts',
    test: 'are reported if two levels use one role',
  },
  {
    rule: 'the first plan after a HALT of Rotor’s own needs a person',
    file: 'src/core/scheduler.ts',
    find: 'if (owed && needsPerson(book, session)) {',
    put: 'if (owed && needsPerson(book, session) && !session) {',
    tests: 'tests/core/engine/schedule.test.ts',
    test: 'the scheduled rebalance of the day waits for a person',
  },
];
