/** Direct messages about pending approvals; the buttons stay in the channel. */
import type { Mode } from '#core/domain/account.ts';
import { escape } from '../format.ts';
import { embed, type Post } from '../post.ts';

/** A pending approval, the place of its buttons, and the time left; undefined without a deadline. */
export interface ApprovalCall {
  readonly title: string;
  readonly link: string;
  readonly leftMs: number | undefined;
  readonly isReminder: boolean;
}

/** For one person, or for the channel with a role mention. */
export function approvalPost(
  { title, link, leftMs, isReminder }: ApprovalCall,
  mode: Mode,
  mention?: string,
): Post {
  const ends = leftMs === undefined ? '' : ` It expires in ${spanOf(leftMs)}.`;
  const whole = embed({
    mode,
    title: `${isReminder ? '▲ Still waits' : 'Waits'} for approval · ${escape(title, 120)}`,
    body: `An approver can answer it [in the channel](${link}).${ends}`,
    note: 'you pressed Notify me; press it again to stop',
  });
  if (mention === undefined) return { embeds: [whole] };
  const { footer: _personal, ...shared } = whole;
  return { content: `<@&${mention}>`, mention, embeds: [shared] };
}

/** It was answered, or its time is over. */
export function approvalOverPost(mode: Mode): Post {
  return {
    embeds: [embed({ mode, title: 'No longer waiting', body: 'It was answered or has expired.' })],
  };
}

function spanOf(ms: number): string {
  const minutes = Math.max(1, Math.round(ms / 60_000));
  if (minutes < 120) return minutes === 1 ? '1 minute' : `${minutes} minutes`;
  return `${Math.round(minutes / 60)} hours`;
}
