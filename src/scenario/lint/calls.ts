/** Finds requests that the target would refuse, judging by descriptions of it at hand, such as .proto files: every attempt with them would fail. */
import type { Misfit, RequestChecks } from '../../connectors/wire/connector.ts'
import { encodeGeneric } from '../../dialects/generic/encode.ts'
import { LocalError } from '../../errors.ts'
import type { ChangeJson, FaultSpec } from '../../faults/index.ts'
import { createRandom } from '../../random.ts'
import { pathOf } from '../compile/target/base-address.ts'
import { E_FILE } from '../problems/files/E_FILE.ts'
import type { Finding } from '../read/source/finding.ts'
import { type Path, pathText } from '../read/source/source.ts'
import type { TargetBlock } from '../schema/target.ts'
import { listAt, mapAt } from '../schema/written-steps.ts'
import { baseDirOf } from './files.ts'
import { type LintSubject, perScenario } from './subject.ts'
import { type TargetUse, targetUses } from './targets.ts'

/** A request or target that contradicts its service's description, with its path. */
interface PlacedMisfit {
  readonly of: Misfit['of']
  readonly path: Path
  readonly mark: 'key' | 'value'
  readonly message: string
  readonly hint: string | undefined
}

function misfitsOf({ target, block, base, steps }: TargetUse, baseDir: string): (PlacedMisfit | Finding)[] {
  const { connector, options, url } = target
  if (connector.checks === undefined) return []
  const own = [...base, connector.protocol]
  try {
    const checks = connector.checks(options, pathOf(url.source), baseDir)
    const talks = steps.some(({ step }) => step.message !== undefined)
    const ofSteps = steps.flatMap(({ path, step }) => {
      if (step.request === undefined) return []
      return checks.ofStep(mapAt(step.request, [])).map((misfit) => placed(misfit, [...path, 'request']))
    })
    return [...ofSteps, ...(talks ? ofConversations(checks, block, base, own) : [])]
  } catch (error) {
    if (!(error instanceof LocalError)) throw error
    // a file that is not there is reported with the other files
    if (/ENOENT/.test(error.message)) return []
    return [{ ...E_FILE.refused(error), path: [...own, ...(connector.files?.[0]?.path ?? [])], mark: 'value' }]
  }
}

const checkedUses = perScenario((subject) => {
  const baseDir = baseDirOf(subject.locate.file)
  return targetUses(subject).flatMap((use) => misfitsOf(use, baseDir))
})

/**
 * Returns the requests of a scenario that do not fit the description of the called service, such as a .proto file for gRPC. `of` says which of them:
 * `place` stands for requests to a method that the service does not have, `body` for requests whose message has the wrong form.
 */
export function callMisfits(subject: LintSubject, of: Misfit['of']): PlacedMisfit[] {
  return checkedUses(subject).filter((one): one is PlacedMisfit => 'of' in one && one.of === of)
}

/**
 * Returns an error for each description of a service, such as a .proto file, that cannot be read. A file that does not exist is left out, because
 * `fileFindings` reports it.
 */
export function descriptionFindings(subject: LintSubject): Finding[] {
  return checkedUses(subject).filter((one): one is Finding => 'code' in one)
}

/** Returns the contradictions in messages that `message` steps would send: in the mapping's `structure`, with a text in place of the message. */
function ofConversations(checks: RequestChecks, block: TargetBlock, base: Path, own: Path): PlacedMisfit[] {
  const foreign = block.preset !== undefined || (block.dialect !== undefined && block.dialect !== 'generic')
  const mapping = block.request === undefined ? {} : { request: block.request }
  const body = encodeGeneric(
    [{ role: 'user', content: '{{message}}' }],
    { stream: false, ...(block.body === undefined ? {} : { body: block.body }) },
    mapping,
  )
  return checks.ofMessage(body).flatMap((misfit): PlacedMisfit[] => {
    if (misfit.of === 'place') return [placed(misfit, own)]
    if (foreign) return []
    if (has(mapAt(block.request, []).structure, misfit.path)) return [placed(misfit, [...base, 'request', 'structure'])]
    const message = `a message of the conversation: ${pathText(misfit.path)}: ${misfit.message}`
    const path = block.request === undefined ? own : [...base, 'request']
    return [{ ...placed(misfit, path), path, mark: 'key', message }]
  })
}

function placed({ of, path, message, isKey, hint }: Misfit, at: Path): PlacedMisfit {
  return { of, path: [...at, ...path], mark: isKey ? 'key' : 'value', message, hint }
}

function has(value: unknown, path: Path): boolean {
  let inner = value
  for (const step of path) {
    if (typeof inner !== 'object' || inner === null || !Object.hasOwn(inner, step)) return false
    inner = Reflect.get(inner, step)
  }
  return value !== undefined
}

/** A drift that can never be injected: the path of its entry, and why its change fits no call. */
interface ImpossibleDrift {
  readonly path: Path
  readonly why: string
}

/**
 * Returns the `drift` faults of a scenario (changes to the JSON of a message) that fit none of the requests into which they may be injected. A fault
 * is not returned when one of these requests is not known well enough to be sure.
 */
export function impossibleDrifts(subject: LintSubject): ImpossibleDrift[] {
  if (subject.doubts.steps) return []
  return (subject.scenario.faults ?? []).flatMap((entry, index) => {
    if (entry.kind !== 'drift' || !('draw' in entry)) return []
    const injection = entry.draw(createRandom('drift'))
    const misfits = injection.does === 'drift' ? driftMisfits(subject, entry, injection.change) : undefined
    const [first] = misfits ?? []
    return first === undefined ? [] : [{ path: ['faults', index], why: first }]
  })
}

/**
 * Returns why the changed message fits none of the calls that a drift may change, with one reason per call; undefined when it fits one, or it is not
 * known.
 */
function driftMisfits(subject: LintSubject, { steps: named, target }: FaultSpec, change: ChangeJson): string[] | undefined {
  const inLoad = ({ path }: TargetUse['steps'][number]) => path[0] !== 'setup' && path[0] !== 'teardown'
  const isHit = ({ step }: TargetUse['steps'][number]) => named === undefined || named.includes(String(step.name))
  const reasons: string[] = []
  for (const use of targetUses(subject)) {
    if (target !== undefined && target !== use.name) continue
    const hit = use.steps.filter((step) => inLoad(step) && isHit(step))
    if (hit.length === 0) continue
    const checks = checksOf(subject, use)
    for (const { step } of hit) {
      const why = checks && misfitIn(checks, mapAt(step.request, []), change)
      if (why === undefined) return undefined
      reasons.push(why)
    }
  }
  return reasons
}

function checksOf({ locate }: LintSubject, { target: { connector, options, url } }: TargetUse): RequestChecks | undefined {
  try {
    return connector.checks?.(options, pathOf(url.source), baseDirOf(locate.file))
  } catch (error) {
    // A file that cannot be read is reported with the other files.
    if (error instanceof LocalError) return undefined
    throw error
  }
}

/** Returns why the change of a drift does not fit a call; undefined when it may fit. */
function misfitIn(checks: RequestChecks, request: Readonly<Record<string, unknown>>, change: ChangeJson): string | undefined {
  const isList = Array.isArray(request.messages)
  const message: unknown = isList ? listAt(request, ['messages'])[0] : request.message
  if (typeof message !== 'object' || message === null) return undefined
  const found = change(message)
  // A text with a template may become anything, and a missing member may come with the data.
  if (found === undefined) return undefined
  const changed = isList ? { ...request, messages: [found.changed] } : { ...request, message: found.changed }
  const before = textsOf(checks.ofStep(request))
  return textsOf(checks.ofStep(changed)).find((text) => !before.includes(text))
}

const textsOf = (misfits: readonly Misfit[]) => misfits.filter(({ of }) => of === 'body').map(({ message }) => message)
