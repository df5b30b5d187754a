import type { APIEmbedField } from 'discord.js';
import { startingSession } from '#core/domain/observation.ts';
import type { Weights } from '#core/domain/weights.ts';
import type { ModelCard, ModelsView } from '#core/views/models.ts';
import { dayOf, escape, label, percent, soon, UNKNOWN } from '../format.ts';
import { embed, field, type Post } from '../post.ts';

/** A field per model; the time of the last and next allocation is shown above. */
export function modelsPost(view: ModelsView): Post {
  const { mode, source, asOf, missing, models } = view;
  const body = [
    ...(missing === undefined ? [] : [`**No decision now:** ${escape(missing, 500)}`]),
    `Regime **${view.regime ?? UNKNOWN}**, bars to ${asOf ?? UNKNOWN}`,
    lastLine(view),
    nextLine(view),
  ].join('\n');
  const fields = models.slice(0, 20).map((card) => modelField(card, view));
  return { embeds: [embed({ mode, title: 'Models', body, fields, note: label(source, 80) })] };
}

function lastLine({ lastRebalance: last, at }: ModelsView): string {
  if (!last) return 'No rebalance yet';
  return `Last rebalance ${soon(last.at, at)}, ${last.outcome}: ${label(last.id, 60)}`;
}

function nextLine({ nextRebalance: next }: ModelsView): string {
  if (!next) return 'Next rebalance unknown';
  const { session, owed, missed, waits } = next;
  if (owed) return `A rebalance is overdue (${session})`;
  if (waits === 'off') return 'No rebalance starts automatically';
  if (waits === 'money') return 'The first rebalance comes with the first deposit';
  if (waits === 'approval') return `The plan of ${dayOf(session)} waits for an approver`;
  const coming = startingSession(next);
  const words = [
    ...(coming ? [dayOf(coming)] : []),
    ...(missed ? [`the one of ${dayOf(missed)} waits for an approver`] : []),
  ];
  return `Next rebalance ${words.join('; ')}`;
}

function modelField(card: ModelCard, view: ModelsView): APIEmbedField {
  const { lookback, top, minimumMomentum, leverage } = card.parameters;
  const parameters = [
    `${lookback} sessions`,
    `top ${top}`,
    `at least ${percent(minimumMomentum, 0, 'plain')}`,
    ...(leverage === 1 ? [] : [`leverage ${leverage}`]),
    `budget ${card.budget}`,
  ].join(', ');
  const vote = card.lastVote;
  const text = [
    stateOf(card, view),
    `-# ${parameters}`,
    `Today it wants ${weightsOf(card.wanted)}`,
    vote === undefined
      ? 'No rebalance yet'
      : vote.active
        ? `At the last rebalance ${weightsOf(vote.weights)}`
        : 'Inactive at the last rebalance',
  ];
  return field(label(card.id), text.join('\n'), false);
}

function stateOf({ active, activeIn, share, shadow }: ModelCard, { regime }: ModelsView): string {
  if (shadow) return '◌ in the shadow: it decides each time, but none of it is traded';
  const when = activeIn === 'always' ? 'always active' : `active in ${activeIn} markets only`;
  if (active === undefined) return `? unknown: ${when}, and the regime is not known`;
  const part = share === undefined ? '' : `, share **${percent(share, 1, 'plain')}**`;
  return active
    ? `● active${part}: ${when}`
    : `○ inactive: ${when}, now it is ${regime ?? 'unknown'}`;
}

function weightsOf(weights: Weights | undefined): string {
  if (!weights) return UNKNOWN;
  const all = [...weights].map(([ticker, weight]) => `${ticker} ${percent(weight, 0, 'plain')}`);
  return all.join(', ') || 'nothing';
}
