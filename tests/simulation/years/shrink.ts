/** The shortest story that still breaks a law: nothing after the break, and no fault that it does without. */
import { newYorkDate } from '#core/domain/new-york.ts';
import type { Happening, Story } from './story.ts';
import type { Violation } from './violations.ts';

/** Says whether, and when, the story breaks the law. */
export type Try = (story: Story) => Promise<Violation | undefined>;

/** Leaves out ever smaller parts, for at most so many runs. */
export async function shrinkStory(
  story: Story,
  violation: Violation,
  attempt: Try,
  most = 60,
): Promise<Story> {
  let left = most;
  let shortest = cutAfter(story, violation);
  for (
    let size = Math.ceil(shortest.happenings.length / 2);
    size >= 1;
    size = Math.floor(size / 2)
  ) {
    for (let from = 0; from < shortest.happenings.length; ) {
      if (left-- <= 0) return shortest;
      const fewer = { ...shortest, happenings: without(shortest.happenings, from, size) };
      const found = await attempt(fewer);
      if (found) shortest = cutAfter(fewer, found);
      else from += size;
    }
  }
  return shortest;
}

function without(all: readonly Happening[], from: number, count: number): readonly Happening[] {
  return [...all.slice(0, from), ...all.slice(from + count)];
}

/** The story ends on the day of the break. */
function cutAfter(story: Story, { at }: Violation): Story {
  const day = newYorkDate(at);
  return {
    ...story,
    sessions: story.sessions.filter(({ date }) => date <= day),
    happenings: story.happenings.filter(({ from }) => from <= at),
  };
}
