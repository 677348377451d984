/** Finds where texts read variables, and checks whether each variable exists when the text is rendered. */
import { inFile, type Use } from '../compile/texts.ts'
import type { Mark } from '../read/source/finding.ts'
import { type Path, pathText } from '../read/source/source.ts'
import { listAt, mapAt, stepsAt, targetPaths, type WrittenMap, type WrittenStep } from '../schema/written-steps.ts'
import { BUILT_IN, IN_LOOP, IN_TRACE } from './built-in.ts'
import { type LintSubject, perScenario, type ReportProblem, stepsOf } from './subject.ts'

/** One place where a template or condition reads a variable. */
interface VariableRead {
  readonly use: Use
  /** True when the variable exists at that place: it was set before, or in an earlier round of a loop. */
  readonly isKnown: boolean
  /** The names of all variables that exist at that place or that any step sets, even a later one. */
  readonly all: ReadonlySet<string>
}

/** The names of the variables that exist at a place of the scenario. */
interface Names {
  readonly known: ReadonlySet<string>
  readonly all: ReadonlySet<string>
}

const LOOP_NAMES = Object.keys(IN_LOOP)

const readOf = (use: Use, { known, all }: Names): VariableRead => ({ use, isKnown: known.has(use.name), all })

/** Groups the uses of variables by the path of their step; '' for uses outside of steps. */
function usesByStep(subject: LintSubject): ReadonlyMap<string, readonly Use[]> {
  const steps = new Set(stepsOf(subject).map(({ path }) => pathText(path)))
  return Map.groupBy(subject.uses, ({ path }) => {
    for (let length = path.length; length > 0; length -= 1) {
      const owner = pathText(path.slice(0, length))
      if (steps.has(owner)) return owner
    }
    return ''
  })
}

/** Returns the names that a text of a step may read. Checks are evaluated before captures, so they see only what earlier steps have set. */
function namesAt({ path }: Use, { step, path: owner }: WrittenStep, before: Names): Names {
  const key = path[owner.length]
  if (key === 'loop' && path.at(-1) === 'while') return { ...before, known: new Set([...before.known, ...LOOP_NAMES]) }
  // A step generates its payload and prompt before its other texts are rendered, but after the texts of these blocks.
  const made: string[] = GENERATED.filter((name) => step[name] !== undefined)
  // The result of a tool may depend on the call.
  if (key === 'toolReply') made.push('tool')
  if (made.length === 0 || GENERATED.some((name) => name === key)) return before
  return { ...before, known: new Set([...before.known, ...made]) }
}

/** Keys of a step that generate a text into a variable of the same name. */
const GENERATED = ['payload', 'prompt'] as const

/** Returns the names of the variables that a step sets. A payload or prompt stays until another is generated, or the iteration ends. */
const setBy = (step: WrittenMap) => [
  ...Object.keys(mapAt(step, ['capture'])),
  ...Object.keys(mapAt(step, ['set'])),
  ...GENERATED.filter((name) => step[name] !== undefined),
]

/** True when the load of a scenario, as written in the file, replays a trace. */
export const playsTrace = (value: unknown) => listAt(value, ['load']).some((phase) => mapAt(phase, []).trace !== undefined)

/** Returns the names of the variables that burn itself sets. */
function builtInNames(value: unknown): string[] {
  return [...Object.keys(BUILT_IN), ...(playsTrace(value) ? Object.keys(IN_TRACE) : [])]
}

/** Returns the names of variables that hold rows of data files or of identities; they exist before all others. */
function rowNames(value: unknown): string[] {
  const identity = targetPaths(value).some((path) => mapAt(value, [...path, 'auth']).type === 'identities') ? ['identity'] : []
  return [...Object.keys(mapAt(value, ['data'])), ...identity]
}

/** Returns the names of the variables that exist at the beginning of every iteration. */
function startingNames(value: unknown): string[] {
  const groups = Object.keys(mapAt(value, ['groups'])).flatMap((name) => Object.keys(mapAt(value, ['groups', name, 'vars'])))
  return [...Object.keys(mapAt(value, ['vars'])), ...groups, ...rowNames(value)]
}

/** Returns the names of all variables that the scenario sets anywhere: in `vars`, captures, data files and so on. */
export const ownVariables = perScenario(
  (subject): ReadonlySet<string> =>
    new Set([...startingNames(subject.value), ...stepsOf(subject).flatMap(({ step }) => setBy(step))]),
)

/**
 * Returns the names of the variables that are set before `vars`, so that entries of `vars` can read them: built-in variables, variables that hold a
 * row of a data file or an identity, and variables of setup steps.
 */
export function namesBeforeVars({ value }: LintSubject): ReadonlySet<string> {
  const shared = stepsAt(value, ['setup']).flatMap(({ step }) => setBy(step))
  return new Set([...builtInNames(value), ...rowNames(value), ...shared])
}

/** Returns the reads of variables in steps that run one after the other; `base` are the names that exist before the first step. */
function readsOfSteps(
  steps: readonly WrittenStep[],
  base: ReadonlySet<string>,
  byStep: ReadonlyMap<string, readonly Use[]>,
): VariableRead[] {
  const all = new Set([...base, ...steps.flatMap(({ step }) => setBy(step))])
  const inLoop = new Set([...all, ...LOOP_NAMES])
  const soFar = new Set(base)
  return steps.flatMap((written) => {
    const names = written.inLoop ? { known: inLoop, all: inLoop } : { known: soFar, all }
    const uses = byStep.get(pathText(written.path)) ?? []
    const reads = uses.map((use) => readOf(use, namesAt(use, written, names)))
    for (const name of setBy(written.step)) soFar.add(name)
    return reads
  })
}

/**
 * Returns the variables that templates and conditions of the scenario read, with the place of each and whether the variable exists there. Of several
 * equal reads in one text only the first is returned.
 */
export const readsIn = perScenario((subject): readonly VariableRead[] => {
  const { value } = subject
  const byStep = usesByStep(subject)
  const setup = stepsAt(value, ['setup'])
  const base = new Set<string>([...builtInNames(value), ...startingNames(value)])
  const withSetup = new Set([...base, ...setup.flatMap(({ step }) => setBy(step))])
  const all = new Set([...builtInNames(value), ...ownVariables(subject)])
  const forVars = new Set([...namesBeforeVars(subject), ...Object.keys(mapAt(value, ['vars']))])
  const flows = listAt(value, ['flows']).map((_, index): Path => ['flows', index, 'steps'])
  const outside = (byStep.get('') ?? []).map((use) => {
    const names = use.path[0] === 'vars' ? forVars : all
    return readOf(use, { known: names, all: names })
  })
  return [
    ...outside,
    ...readsOfSteps(setup, base, byStep),
    ...[['steps'], ...flows, ['teardown']].flatMap((path) => readsOfSteps(stepsAt(value, path), withSetup, byStep)),
  ]
})

/**
 * Reports a problem with a variable that a template or condition reads. The message marks the variable, `length` characters of the scenario. For a
 * text from a payload file, it marks the line of the scenario that names the file.
 */
export function reportRead(report: ReportProblem, use: Use, length: number, message: string, hint: string | undefined): void {
  const { path, offset, file } = use
  const mark: Mark = { offset, length }
  const moved = inFile({ mark, message }, file)
  report(path, moved.mark, moved.message, hint)
}
