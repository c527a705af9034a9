// Problems of one kind as one: a network of SegNet has the same fault in 26 layers.
import type { NetworkProblem } from '../../nets/problem';

export interface ProblemGroup {
  /** In the order of the list. */
  problems: [NetworkProblem, ...NetworkProblem[]];
  /** What is said of all of them. */
  message: string;
  /** The repair of all of them at once. */
  fix: NetworkProblem['fix'];
}

/** From how many on problems are gathered; fewer can be read one by one. */
const FEWEST = 4;

/** The message without what differs from layer to layer: the layer's name. */
function kindOf({ severity, message, layer, fix }: NetworkProblem): string {
  const said = layer === undefined ? message : message.replaceAll(`"${layer}"`, '"…"');
  return `${severity} ${fix?.label ?? ''} ${said.replace(/ It runs .*/, '')}`;
}

/** Begins as a sentence does; a field's name stays as it is written. */
const sentence = (message: string) =>
  /^\w*_/.test(message) ? message : message.charAt(0).toUpperCase() + message.slice(1);

/** What the first says, of all: "26 layers have the type ..." where it begins with the layer. */
function saidOfAll([first, ...more]: ProblemGroup['problems']): string {
  const { message, layer } = first;
  const count = more.length + 1;
  if (layer === undefined) return `${sentence(message)} (${count} times)`;
  return message.startsWith(`layer "${layer}" has `)
    ? message.replace(`layer "${layer}" has `, `${count} layers have `)
    : `${count} layers, of which the first: ${message}`;
}

/** The repairs of all, as one; they are of one kind, and each is at its own layer. */
function fixOfAll(group: ProblemGroup['problems']): NetworkProblem['fix'] {
  const edits = group.flatMap(({ fix }) => fix?.edits ?? []);
  return group[0].fix && { label: `${group[0].fix.label} (${group.length} times)`, edits };
}

/** Problems with the same message, but for the layer's name, together at the place of the first. */
export function problemGroups(problems: readonly NetworkProblem[]): ProblemGroup[] {
  const byKind = new Map<string, ProblemGroup['problems']>();
  for (const problem of problems) {
    const kind = kindOf(problem);
    const group = byKind.get(kind);
    if (group) group.push(problem);
    else byKind.set(kind, [problem]);
  }
  return [...byKind.values()].flatMap((group): ProblemGroup[] =>
    group.length >= FEWEST
      ? [{ problems: group, message: saidOfAll(group), fix: fixOfAll(group) }]
      : group.map((problem) => ({
          problems: [problem],
          message: sentence(problem.message),
          fix: problem.fix,
        })),
  );
}
