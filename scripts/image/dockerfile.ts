/** Parses a Dockerfile into stages of steps: only the syntax that ours uses; the rest is rejected. */
import { DockerfileParser, type Instruction, ModifiableInstruction } from 'dockerfile-ast';

/** One instruction of a stage. */
export type Step =
  | {
      readonly kind: 'copy';
      /** A stage; undefined means the build context. */
      readonly from: string | undefined;
      readonly chown: number | undefined;
      readonly sources: readonly string[];
      readonly to: string;
    }
  | { readonly kind: 'run'; readonly argv: readonly string[] }
  | { readonly kind: 'workdir'; readonly path: string }
  | { readonly kind: 'user'; readonly id: number }
  | { readonly kind: 'env'; readonly values: Readonly<Record<string, string>> }
  | { readonly kind: 'arg'; readonly name: string; readonly fallback: string }
  | { readonly kind: 'healthcheck'; readonly argv: readonly string[] }
  | { readonly kind: 'cmd'; readonly argv: readonly string[] }
  | { readonly kind: 'volume'; readonly paths: readonly string[] }
  | { readonly kind: 'stopsignal'; readonly signal: string }
  | { readonly kind: 'label'; readonly values: Readonly<Record<string, string>> };

/** One stage of a Dockerfile. */
export interface Stage {
  readonly name: string;
  /** An image, or an earlier stage. */
  readonly from: string;
  readonly steps: readonly Step[];
}

/** @throws Error for an unsupported instruction or form. */
export function stagesOf(text: string): readonly Stage[] {
  const stages: { name: string; from: string; steps: Step[] }[] = [];
  for (const instruction of DockerfileParser.parse(text).getInstructions()) {
    if (instruction.getKeyword() === 'FROM') {
      const [from = '', , name = `${stages.length}`] = wordsOf(instruction);
      stages.push({ name, from, steps: [] });
      continue;
    }
    const stage = stages.at(-1);
    if (!stage) throw new Error(`${instruction.getKeyword()} before any FROM`);
    stage.steps.push(stepOf(instruction));
  }
  return stages;
}

function stepOf(instruction: Instruction): Step {
  const keyword = instruction.getKeyword();
  const words = wordsOf(instruction);
  const [first = ''] = words;
  switch (keyword) {
    case 'COPY':
      return copyOf(flagsOf(instruction), words);
    case 'RUN':
      return { kind: 'run', argv: execForm(instruction) };
    case 'CMD':
    case 'HEALTHCHECK':
      return { kind: keyword === 'CMD' ? 'cmd' : 'healthcheck', argv: execForm(instruction) };
    case 'VOLUME':
      return { kind: 'volume', paths: execForm(instruction) };
    case 'WORKDIR':
      return { kind: 'workdir', path: first };
    case 'USER':
      return { kind: 'user', id: Number(first.split(':')[0]) };
    case 'STOPSIGNAL':
      return { kind: 'stopsignal', signal: first };
    case 'ENV':
    case 'LABEL':
      return { kind: keyword === 'ENV' ? 'env' : 'label', values: pairs(words) };
    case 'ARG': {
      const [name = '', fallback = ''] = Object.entries(pairs(words))[0] ?? [];
      return { kind: 'arg', name, fallback };
    }
    default:
      throw new Error(`${keyword} is not understood here`);
  }
}

function copyOf(flags: Readonly<Record<string, string>>, paths: readonly string[]): Step {
  const { from, chown, ...others } = flags;
  if (Object.keys(others).length > 0)
    throw new Error(`COPY: ${Object.keys(others)} not understood`);
  return {
    kind: 'copy',
    from,
    chown: chown === undefined ? undefined : Number(chown.split(':')[0]),
    sources: paths.slice(0, -1),
    to: paths.at(-1) ?? '',
  };
}

function flagsOf(instruction: Instruction): Record<string, string> {
  const flags = instruction instanceof ModifiableInstruction ? instruction.getFlags() : [];
  return Object.fromEntries(flags.map((flag) => [flag.getName(), flag.getValue() ?? '']));
}

/** `["node", "file"]`, also after `CMD` within a HEALTHCHECK. @throws for the shell form */
function execForm(instruction: Instruction): readonly string[] {
  const text = instruction.getRawArgumentsContent() ?? '';
  const start = text.indexOf('[');
  if (start < 0) throw new Error(`${instruction.getKeyword()}: only the ["…"] form is understood`);
  const argv: unknown = JSON.parse(text.slice(start));
  if (!Array.isArray(argv)) throw new Error(`${instruction.getKeyword()}: ${text} is no list`);
  return argv.map(String);
}

function wordsOf(instruction: Instruction): readonly string[] {
  return instruction.getArguments().map((argument) => argument.getValue());
}

function pairs(words: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    words.map((word) => {
      const at = word.indexOf('=');
      return at < 0
        ? [word, '']
        : [word.slice(0, at), word.slice(at + 1).replace(/^"(.*)"$/, '$1')];
    }),
  );
}
