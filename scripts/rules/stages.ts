/** Queries on the stages of a Dockerfile. */
import type { Stage, Step } from '../image/dockerfile.ts';

type Kind<K extends Step['kind']> = Extract<Step, { kind: K }>;

/** The steps of one kind in a stage. */
export function stepsIn<K extends Step['kind']>(
  stage: Stage | undefined,
  kind: K,
): readonly Kind<K>[] {
  return stage?.steps.filter((step): step is Kind<K> => step.kind === kind) ?? [];
}

/** The steps of one kind in all stages. */
export function stepsOf<K extends Step['kind']>(
  stages: readonly Stage[],
  kind: K,
): readonly Kind<K>[] {
  return stages.flatMap((stage) => stepsIn(stage, kind));
}

/** The last stage and all stages that it builds on, from the bottom. */
export function shipped(stages: readonly Stage[]): readonly Stage[] {
  const chain: Stage[] = [];
  for (let stage = stages.at(-1); stage; ) {
    const { from } = stage;
    chain.unshift(stage);
    stage = stages.find(({ name }) => name === from);
  }
  return chain;
}

/** Stages that build on an external image. */
export const outside = (stages: readonly Stage[]): readonly Stage[] =>
  stages.filter(({ from }) => from !== 'scratch' && !stages.some(({ name }) => name === from));
