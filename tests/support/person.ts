import type { Person } from '#core/engine/proposals.ts';

export function person(name: string): Person {
  return { id: `id of ${name}`, name };
}
