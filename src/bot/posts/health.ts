/** Every rule behind HEALTHY, DEGRADED and HALTED, with its current value. */

import type { Mode } from '#core/domain/account.ts';
import type { EpochMs } from '#core/domain/units.ts';
import type { StatusView, Verdict } from '#core/views/status.ts';
import { escape, instantOf, lines } from '../format.ts';
import { withRoles } from '../interactions/command-access.ts';
import { embed, field, type Post } from '../post.ts';
import { brokerByName } from './alert-remedies.ts';

/** Additional data of the health message. */
export interface HealthExtras {
  readonly mode: Mode;
  readonly at: EpochMs;
  readonly missingPermissions: readonly string[];
}

const SIGNS: Readonly<Record<Verdict, string>> = { ok: '●', DEGRADED: '▲', HALTED: '■' };

/** The verdict on each part of Rotor, and the problems found. */
export function healthPost(view: StatusView, { mode, at, missingPermissions }: HealthExtras): Post {
  const rules = view.rules.map(
    ({ name, verdict, value }) => `${SIGNS[verdict]} **${name}** ${withRoles(escape(value, 160))}`,
  );
  const problems = view.reasons
    .filter(({ rule }) => rule === 'alerts')
    .map(({ text }) => `▲ ${withRoles(escape(brokerByName(text), 200))}`);
  return {
    embeds: [
      embed({
        mode,
        title: `${SIGNS[view.status === 'HEALTHY' ? 'ok' : view.status]} ${view.status}`,
        body: lines(rules, 3900),
        fields: [
          ...(problems.length > 0 ? [field('Open alerts', lines(problems, 900), false)] : []),
          ...permissions(missingPermissions),
        ],
        note: `${instantOf(at)} · a closed market counts as healthy`,
      }),
    ],
  };
}

/** By the names in Discord's settings. */
function permissions(missing: readonly string[]) {
  if (missing.length === 0) return [];
  const names = lines(
    missing.map((name) => `✗ ${escape(name, 60)}`),
    700,
  );
  return [field('Permissions to give in this channel', names, false)];
}
