import { setTimeout as sleep } from 'node:timers/promises';
import { modeOf } from '#core/broker/client.ts';
import type { Log } from '#core/ports.ts';
import { machineClocks, openClocks } from '#ops/clocks.ts';
import type { Config } from '#src/config/types.ts';
import type { CliParts, Command, Result } from './command.ts';
import { alpacaChecks } from './doctor/alpaca.ts';
import { type Check, fail, lineOf, pass } from './doctor/check.ts';
import { type ConfigurationCheck, examine, type Service } from './doctor/configuration.ts';
import { discordChecks } from './doctor/discord.ts';
import { journal, sampleBars, storedBars } from './doctor/files.ts';
import { liveChecks } from './doctor/live.ts';
import { calendar, disk, nodeVersion, secretFiles, stateFolder } from './doctor/machine.ts';

/** Discards the libraries' log lines, which are not findings. */
const SILENT: Log = { info: () => undefined, warn: () => undefined, error: () => undefined };

/** `rotor doctor`. */
export const doctor: Command = {
  usage: '[--live]',
  options: { live: { type: 'boolean' } },
  async run(values, parts) {
    const examined = examine(parts.env);
    const machine = [
      nodeVersion(parts),
      examined.check,
      ...(examined.config?.notices ?? []).map((text) => pass('notice', text)),
      ...(await secretFiles(parts.env)),
      await stateFolder(parts),
      await disk(parts),
      calendar(parts),
    ];
    const live = values['live'] === true;
    const { config } = examined;
    const rest = config
      ? await accountChecks({ ...examined, config }, parts, live)
      : [await sampleBars(parts), ...(live ? [withoutAccount()] : [])];
    return report([...machine, ...rest]);
  },
};

function report(checks: readonly Check[]): Result {
  const failed = checks.filter(({ pass }) => !pass).length;
  const end = failed === 0 ? `All ${checks.length} pass.` : `${failed} of ${checks.length} fail.`;
  const text = [...checks.map(lineOf), '', end].join('\n');
  return { exit: failed === 0 ? 0 : 2, json: { checks }, text, remarks: [] };
}

function notAsked(service: Service): Check {
  return fail(service, 'not asked', 'Fix the configuration first: this check depends on it.');
}

function withoutAccount(): Check {
  const remedy = 'Fill in .env first: this check needs your own server and a paper account.';
  return fail('live', 'no account is set', remedy);
}

/** The live test comes last, and only if everything it needs is fine. */
async function accountChecks(
  { check, config, withheld }: ConfigurationCheck & { readonly config: Config },
  parts: CliParts,
  live: boolean,
): Promise<readonly Check[]> {
  const { apiBase } = config.alpaca;
  // A sandbox that is not running is reported by the account's own check.
  const { clocks, followed } = await openClocks(modeOf(apiBase), apiBase).catch(machineClocks);
  try {
    const clock = clocks.market;
    const checks = [
      await storedBars(config, clock),
      journal(config),
      ...(withheld.has('Alpaca')
        ? [notAsked('Alpaca')]
        : await alpacaChecks({ config, clock, log: SILENT })),
      ...(withheld.has('Discord')
        ? [notAsked('Discord')]
        : await discordChecks(config.discord, SILENT)),
    ];
    if (!live) return checks;
    if (![check, ...checks].every(({ pass }) => pass)) {
      return [...checks, fail('live', 'not tried', 'Fix the lines above first.')];
    }
    const run = String(parts.now());
    return [...checks, ...(await liveChecks({ config, log: SILENT, run, wait: sleep }))];
  } finally {
    followed?.close();
  }
}
