/** The variables that texts read: is there one of that name where the text stands, and has it that member? */
import { inFile, type Use } from '../compile/texts.ts'
import type { Finding } from '../read/source/finding.ts'
import { type Path, pathText } from '../read/source/source.ts'
import { allSteps, listAt, mapAt, stepsAt, targetPaths, type WrittenMap, type WrittenStep } from '../schema/written-steps.ts'
import { BUILT_IN, IN_LOOP } from './built-in.ts'
import type { Doubts } from './doubts.ts'
import { type KnownNames, variableFinding } from './variables.ts'
import { variableCycles } from './vars.ts'

const BUILT_IN_NAMES = Object.keys(BUILT_IN)
const LOOP_NAMES = Object.keys(IN_LOOP)

const findingsOf = (uses: readonly Use[], names: KnownNames): Finding[] =>
  uses.flatMap((use) => {
    const finding = variableFinding(use, names)
    return finding === undefined ? [] : [inFile(finding, use.file)]
  })

/** Uses by the path of the step that they are in; '' outside of steps. */
function usesByStep(uses: readonly Use[], value: unknown): ReadonlyMap<string, readonly Use[]> {
  const steps = new Set(allSteps(value).map(({ path }) => pathText(path)))
  return Map.groupBy(uses, ({ path }) => {
    for (let length = path.length; length > 0; length -= 1) {
      const owner = pathText(path.slice(0, length))
      if (steps.has(owner)) return owner
    }
    return ''
  })
}

/** The names that a text of a step may read. Checks come before captures, so they see what the steps before have set. */
function namesAt({ path }: Use, { step, path: owner }: WrittenStep, before: KnownNames): KnownNames {
  const key = path[owner.length]
  if (key === 'loop' && path.at(-1) === 'while') return { ...before, known: new Set([...before.known, ...LOOP_NAMES]) }
  return key === 'payload' ? before : withPayload(step, before)
}

/** A step with a payload block makes it before all else, but for what the block itself reads. */
function withPayload(step: WrittenMap, names: KnownNames): KnownNames {
  return step.payload === undefined ? names : { ...names, known: new Set([...names.known, 'payload']) }
}

/** Names that a step leaves to those after it. A payload stays until another is made, or the iteration ends. */
const setBy = (step: WrittenMap) => [
  ...Object.keys(mapAt(step, ['capture'])),
  ...Object.keys(mapAt(step, ['set'])),
  ...(step.payload === undefined ? [] : ['payload']),
]

/** Rows that an iteration takes, or that its user has: they are there before any other variable. */
function rowNames(value: unknown): string[] {
  const identity = targetPaths(value).some((path) => mapAt(value, [...path, 'auth']).type === 'identities') ? ['identity'] : []
  return [...Object.keys(mapAt(value, ['data'])), ...identity]
}

/** Variables that every iteration starts with. */
function startingNames(value: unknown): string[] {
  const groups = Object.keys(mapAt(value, ['groups'])).flatMap((name) => Object.keys(mapAt(value, ['groups', name, 'vars'])))
  return [...Object.keys(mapAt(value, ['vars'])), ...groups, ...rowNames(value)]
}

/** Returns the names of all variables that the scenario sets anywhere. */
export function ownVariables(value: unknown): ReadonlySet<string> {
  return new Set([...startingNames(value), ...allSteps(value).flatMap(({ step }) => setBy(step))])
}

/** What holds for all steps of a file. */
interface Common extends Pick<KnownNames, 'own' | 'doubts'> {
  readonly byStep: ReadonlyMap<string, readonly Use[]>
}

/** Steps that run one after the other, from the names that are there before the first of them. */
function walkFindings(steps: readonly WrittenStep[], base: ReadonlySet<string>, { byStep, ...common }: Common): Finding[] {
  const all = new Set([...base, ...steps.flatMap(({ step }) => setBy(step))])
  const inLoop = new Set([...all, ...LOOP_NAMES])
  const soFar = new Set(base)
  const once: KnownNames = { known: soFar, all, ...common }
  const again: KnownNames = { known: inLoop, all: inLoop, ...common }
  return steps.flatMap((written) => {
    const names = written.inLoop ? again : once
    const uses = byStep.get(pathText(written.path)) ?? []
    const found = uses.flatMap((use) => findingsOf([use], namesAt(use, written, names)))
    for (const name of setBy(written.step)) soFar.add(name)
    return found
  })
}

const isOfVars = ({ path }: Use) => path[0] === 'vars'

/** Returns findings about variables that texts read but that no earlier step sets. `value` is the scenario as written, `own` the names that it sets. */
export function languageFindings(value: unknown, uses: readonly Use[], own: ReadonlySet<string>, doubts: Doubts): Finding[] {
  const setup = stepsAt(value, ['setup'])
  const shared = setup.flatMap(({ step }) => setBy(step))
  const byStep = usesByStep(uses, value)
  const common = { own, doubts, byStep }
  const base = new Set<string>([...BUILT_IN_NAMES, ...startingNames(value)])
  const all = new Set([...BUILT_IN_NAMES, ...own])
  const withSetup = new Set([...base, ...shared])
  const beforeVars = new Set([...BUILT_IN_NAMES, ...rowNames(value), ...shared])
  const forVars = new Set([...beforeVars, ...Object.keys(mapAt(value, ['vars']))])
  const outside = byStep.get('') ?? []
  const flows = listAt(value, ['flows']).map((_, index): Path => ['flows', index, 'steps'])
  return [
    ...findingsOf(outside.filter(isOfVars), { known: forVars, all: forVars, own, doubts }),
    ...variableCycles(value, beforeVars),
    ...findingsOf(
      outside.filter((use) => !isOfVars(use)),
      { known: all, all, own, doubts },
    ),
    ...walkFindings(setup, base, common),
    ...[['steps'], ...flows, ['teardown']].flatMap((path) => walkFindings(stepsAt(value, path), withSetup, common)),
  ]
}
