import { describe, expect, it } from 'vitest';
import { ConfigError, parseConfig } from '#src/config.ts';

const id = (first: string): string => first.padEnd(18, '0');
const ENV = {
  ALPACA_KEY_ID: 'PK'.padEnd(16, 'A'),
  ALPACA_SECRET_KEY: 'a'.repeat(20),
  DISCORD_TOKEN: ['M'.repeat(24), 'a'.repeat(6), 'd'.repeat(27)].join('.'),
  DISCORD_GUILD_ID: id('1'),
  DISCORD_CHANNEL_ID: id('2'),
};

const faultsOf = (env: Record<string, string>): readonly string[] => {
  try {
    parseConfig({ ...ENV, ...env });
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.faults;
    throw error;
  }
};

describe('the id of the server, which Discord lists as @everyone', () => {
  it.each(['VIEWER', 'OPERATOR', 'APPROVER', 'ADMIN', 'ALERT'])(
    'is refused as %s_ROLE_ID',
    (name) => {
      expect(faultsOf({ [`${name}_ROLE_ID`]: id('1') })).toEqual([
        expect.stringContaining(`${name}_ROLE_ID: is the id of the server`),
      ]);
      expect(faultsOf({ [`${name}_ROLE_ID`]: id('3') })).toEqual([]);
    },
  );
});

describe('an external alert webhook', () => {
  const noticesOf = (url: string): readonly string[] =>
    parseConfig({ ...ENV, SUPERVISOR_WEBHOOK_URL: url }).notices;

  it.each(['discord.com', 'ptb.discord.com', 'discordapp.com'])(
    'at %s is said to be silenced by the same ban',
    (host) => {
      const [notice = ''] = noticesOf(`https://${host}/api/webhooks/1/secret`);
      expect(notice).toContain('the same ban silences it');
      expect(notice).not.toContain('secret');
    },
  );

  it.each(['hooks.slack.com', 'notdiscord.com', 'discord.com.example.org'])(
    'at %s is not',
    (host) => {
      expect(noticesOf(`https://${host}/x`)).toEqual([]);
    },
  );
});
