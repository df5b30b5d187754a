/** Import graphs: their cycles and their longest chain. */

/** For each file (or room) those that it imports. */
export type Graph = ReadonlyMap<string, ReadonlySet<string>>;

/** The subgraph of the nodes that pass. */
export function within(graph: Graph, passes: (node: string) => boolean): Graph {
  const kept = [...graph].filter(([node]) => passes(node));
  return new Map(kept.map(([node, targets]) => [node, new Set([...targets].filter(passes))]));
}

/** The graph between groups of nodes; imports inside one group are not edges. */
export function grouped(graph: Graph, groupOf: (node: string) => string): Graph {
  const groups = new Map<string, Set<string>>();
  for (const [node, targets] of graph) {
    const group = groupOf(node);
    const edges = groups.get(group) ?? new Set<string>();
    for (const target of targets) if (groupOf(target) !== group) edges.add(groupOf(target));
    groups.set(group, edges);
  }
  return groups;
}

/** Number of edges. */
export function countArrows(graph: Graph): number {
  return [...graph.values()].reduce((sum, targets) => sum + targets.size, 0);
}

/** The sets of nodes that all import each other, directly or through others; each sorted. */
export function circlesOf(graph: Graph): readonly (readonly string[])[] {
  const reach = new Map([...graph.keys()].map((node) => [node, reachableFrom(graph, node)]));
  const circles = new Map<string, readonly string[]>();
  for (const [node, reached] of reach) {
    if (!reached.has(node)) continue;
    const circle = [...reached].filter((other) => reach.get(other)?.has(node)).toSorted();
    circles.set(circle.join('\n'), circle);
  }
  return [...circles.values()];
}

function reachableFrom(graph: Graph, start: string): ReadonlySet<string> {
  const reached = new Set<string>();
  const open = [...(graph.get(start) ?? [])];
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    if (reached.has(node)) continue;
    reached.add(node);
    open.push(...(graph.get(node) ?? []));
  }
  return reached;
}

/** The longest chain of imports, starting with the importer; a cycle is followed once. */
export function longestChain(graph: Graph): readonly string[] {
  const known = new Map<string, readonly string[]>();
  const chainFrom = (node: string, above: ReadonlySet<string>): readonly string[] => {
    const found = known.get(node);
    if (found) return found;
    const path = new Set([...above, node]);
    const below = [...(graph.get(node) ?? [])].filter((target) => !path.has(target));
    const chain = [node, ...longestOf(below.map((target) => chainFrom(target, path)))];
    known.set(node, chain);
    return chain;
  };
  return longestOf([...graph.keys()].map((node) => chainFrom(node, new Set())));
}

function longestOf(chains: readonly (readonly string[])[]): readonly string[] {
  return chains.toSorted((a, b) => b.length - a.length)[0] ?? [];
}
