/** The text of a file with a switch at each mutant. Pure. */
import { childrenOf, isNode, type Node, parseFile } from '../measure/syntax.ts';
import { codeIn, isBefore, type Mutant } from './mutants.ts';
import { isPure, pureFunctions } from './pure.ts';

/** Where `__m` and `__e` find the switch of this process. */
const HELPERS = `
function __m(id) { return globalThis.__mutants?.hit(id) ?? false; }
function __p(id) { return globalThis.__mutants?.isOn(id) ?? false; }
function __e(ids, value) { return globalThis.__mutants?.compare(ids, value) ?? value(); }
`;

/** Context of a node while its text is written. */
interface Place {
  readonly parent: Node | undefined;
  /** See `isBefore`. */
  readonly inChain: boolean;
  /** The mutants within the surrounding expression that is evaluated with each of them; undefined outside. */
  readonly compared: number[] | undefined;
}

/**
 * The text with a switch at each mutant: `(__m(3) ? (a <= b) : (a < b))`. An expression without effects is
 * also evaluated with each of its mutants, because a test cannot detect one that never changes the value:
 * `__e([3], () => (__p(3) ? (a <= b) : (a < b)))`.
 * @param mutants those of exactly this text.
 */
export function withSwitches(file: string, text: string, mutants: readonly Mutant[]): string {
  const { program } = parseFile(file, text);
  const known = pureFunctions(program);
  const byPlace = Map.groupBy(mutants, ({ start, end }) => `${start} ${end}`);
  const constants = constantsIn(program, byPlace);
  const done = new Set<string>();

  const inside = (node: Node, place: Place): string => {
    let [out, at] = ['', node.start];
    for (const child of codeIn(node)) {
      if (child.start < at) continue;
      const inChain = isBefore(child, node, place.inChain);
      out += text.slice(at, child.start) + render(child, { ...place, parent: node, inChain });
      at = child.end;
    }
    return out + text.slice(at, node.end);
  };
  const switched = (node: Node, place: Place): string => {
    let out = inside(node, place);
    for (const { id, to } of mutantsAt(node, place)) {
      place.compared?.push(id);
      out = `(${place.compared ? '__p' : '__m'}(${id}) ? (${to}) : (${out}))`;
    }
    return out;
  };
  const mutantsAt = (node: Node, { parent }: Place): readonly Mutant[] => {
    const constant = isValue(node, parent) ? constants.get(String(node['name'])) : undefined;
    if (constant) return [constant.mutant];
    const span = `${node.start} ${node.end}`;
    const found = byPlace.get(span) ?? [];
    if (done.has(span) || found.some((each) => isOnlyUsedHere(each))) return [];
    done.add(span);
    return found;
  };
  const isOnlyUsedHere = (mutant: Mutant): boolean =>
    [...constants.values()].some((each) => each.mutant === mutant && !each.isExported);
  const render = (node: Node, place: Place): string => {
    if (place.compared || !isComparable(node, place) || !isPure(node, known)) {
      return switched(node, place);
    }
    const compared: number[] = [];
    const out = switched(node, { ...place, compared });
    return compared.length > 0 ? `__e([${[...new Set(compared)].join()}], () => (${out}))` : out;
  };

  const top: Place = { parent: undefined, inChain: false, compared: undefined };
  return text.slice(0, program.start) + render(program, top) + text.slice(program.end) + HELPERS;
}

/** A number that is assigned to a name of the file: the switch is at each use, not at the declaration. */
interface Constant {
  readonly mutant: Mutant;
  /** Other files use it too, so the declaration needs a switch as well. */
  readonly isExported: boolean;
}

function constantsIn(
  program: Node,
  byPlace: ReadonlyMap<string, readonly Mutant[]>,
): ReadonlyMap<string, Constant> {
  const found = childrenOf(program).flatMap((node) => {
    const isExported = node.type === 'ExportNamedDeclaration';
    const declaration = isExported ? node['declaration'] : node;
    if (!isNode(declaration) || declaration.type !== 'VariableDeclaration') return [];
    return childrenOf(declaration).flatMap(({ id, init }): readonly [string, Constant][] => {
      if (!isNode(id) || !isNode(init)) return [];
      const [mutant, ...others] = byPlace.get(`${init.start} ${init.end}`) ?? [];
      if (!mutant || others.length > 0 || mutant.to !== '0') return [];
      return [[String(id['name']), { mutant, isExported }]];
    });
  });
  return new Map(found);
}

/** Whether the name is read here; not the name of a property, a declaration or an export. */
function isValue(node: Node, parent: Node | undefined): boolean {
  if (node.type !== 'Identifier' || !parent) return false;
  if (parent.type === 'Property') return parent['value'] === node && parent['shorthand'] !== true;
  if (parent.type === 'MemberExpression') {
    return parent['object'] === node || parent['computed'] === true;
  }
  return parent.type !== 'ExportSpecifier' && parent['id'] !== node;
}

/** Whether the node may become a call of its own: not a part of a chain, nor a function that is called. */
function isComparable(node: Node, { parent, inChain }: Place): boolean {
  if (inChain || !parent || !/Expression$|^(Literal|Identifier|TemplateLiteral)$/.test(node.type)) {
    return false;
  }
  const isName =
    parent['computed'] !== true && ['key', 'property'].some((key) => parent[key] === node);
  const isTarget = parent.type === 'AssignmentExpression' && parent['left'] === node;
  const isSpecial = /^(AwaitExpression|UpdateExpression|TaggedTemplateExpression)$|Specifier$/;
  return !isName && !isTarget && parent['callee'] !== node && !isSpecial.test(parent.type);
}
