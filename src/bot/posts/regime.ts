import { closesInARow } from '#core/domain/regime-hold.ts';
import type { RegimeView } from '#core/views/regime.ts';
import { DASH, dayOf, escape, label, percent, price, UNKNOWN } from '../format.ts';
import { embed, field, type Post } from '../post.ts';

const SIGNS = { bull: '▲ Bull', bear: '▼ Bear', neutral: '○ Neutral' } as const;

/** The current regime, the reason, and its distance from the other one. */
export function regimePost(view: RegimeView): Post {
  const { mode, source, regime, since, band, asOf } = view;
  const note = `${label(source, 80)} · bars to ${asOf ?? UNKNOWN}`;
  const missing =
    view.missing === undefined ? [] : [`**No decision now:** ${escape(view.missing, 1000)}`];
  if (!regime) {
    const body = missing.length > 0 ? missing.join('\n') : 'No bars have been read yet.';
    return { embeds: [embed({ mode, title: 'Regime', body, note })] };
  }
  return {
    embeds: [
      embed({
        mode,
        title: `Regime · ${SIGNS[regime.kind]}`,
        body: [
          ...missing,
          ...sinceLine(since),
          ...holdLine(view),
          reasonOf(view),
          turnLine(view),
        ].join('\n'),
        fields: [
          field('SPY close', usd(regime.close)),
          field('200-day mean', usd(regime.mean200)),
          field('Distance', percentOf(regime.distance)),
          field('Band ±2%', band ? `${usd(band.low)}\nto ${usd(band.high)}` : DASH),
          field('126-session momentum', percentOf(regime.momentum126)),
        ],
        note,
      }),
    ],
  };
}

function sinceLine(since: RegimeView['since']): readonly string[] {
  if (!since) return [];
  const { session, turned } = since;
  return [turned ? `Since the close of ${dayOf(session)}` : `Since ${dayOf(session)} or earlier`];
}

function holdLine({ hold }: RegimeView): readonly string[] {
  if (!hold) return ['A regime change is announced but not traded before the next rebalance.'];
  const { held, needed } = hold;
  return [`A change is traded after ${closesInARow(needed)}; this regime has held for ${held}.`];
}

function reasonOf({ decides }: RegimeView): string {
  switch (decides) {
    case 'distance':
      return 'SPY is more than 2 % from its 200-day average, so the average decides.';
    case 'momentum':
      return 'SPY is within 2 % of its 200-day average, so its momentum decides.';
    case undefined:
      return 'There are too few closes to tell bull from bear.';
    default:
      return decides satisfies never;
  }
}

function turnLine({ turn, regime }: RegimeView): string {
  if (!turn || !regime) return 'It is unknown which close would change the regime.';
  const way = turn.to === 'bear' ? 'at or below' : 'above';
  return `Turns **${turn.to}ish** if SPY’s next close is ${way} **${usd(turn.close)}** (${percent(turn.away)} from ${usd(regime.close)}).`;
}

function usd(value: number | undefined): string {
  return value === undefined ? DASH : `$${price(value)}`;
}

function percentOf(value: number | undefined): string {
  return value === undefined ? DASH : percent(value);
}
