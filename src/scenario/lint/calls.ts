/** Requests that the target would refuse, by descriptions of it that are at hand: every attempt with them would fail. */
import type { Misfit, RequestChecks } from '../../connectors/wire/connector.ts'
import { encodeGeneric } from '../../dialects/generic/encode.ts'
import { LocalError } from '../../errors.ts'
import { pathOf } from '../compile/base-address.ts'
import { E_FILE } from '../problems/files/E_FILE.ts'
import type { Finding } from '../read/source/finding.ts'
import { type Path, pathText } from '../read/source/source.ts'
import type { TargetBlock } from '../schema/target.ts'
import { mapAt } from '../schema/written-steps.ts'
import type { TargetUse } from './target-uses.ts'

/** Returns findings about requests that do not fit the service description of their target, such as a .proto file in `baseDir`. */
export function callFindings({ target, block, base, steps }: TargetUse, baseDir: string): Finding[] {
  const { connector, options, url } = target
  if (connector.checks === undefined) return []
  const own = [...base, connector.protocol]
  try {
    const checks = connector.checks(options, pathOf(url.source), baseDir)
    const talks = steps.some(({ step }) => step.message !== undefined)
    const ofSteps = steps.flatMap(({ path, step }) => {
      if (step.request === undefined) return []
      return checks.ofStep(mapAt(step.request, [])).map((misfit) => findingOf(misfit, [...path, 'request']))
    })
    return [...ofSteps, ...(talks ? conversationFindings(checks, block, base, own) : [])]
  } catch (error) {
    if (!(error instanceof LocalError)) throw error
    // a file that is not there is told with the other files
    if (/ENOENT/.test(error.message)) return []
    const path = [...own, ...(connector.files?.[0]?.path ?? [])]
    return [{ ...E_FILE.refused(error), path, mark: 'value' }]
  }
}

/** The messages that conversations send: the mapping's structure, with a text at the place of the message. */
function conversationFindings(checks: RequestChecks, block: TargetBlock, base: Path, own: Path): Finding[] {
  const foreign = block.preset !== undefined || (block.dialect !== undefined && block.dialect !== 'generic')
  const mapping = block.request === undefined ? {} : { request: block.request }
  const body = encodeGeneric(
    [{ role: 'user', content: '{{message}}' }],
    { stream: false, ...(block.body === undefined ? {} : { body: block.body }) },
    mapping,
  )
  return checks.ofMessage(body).flatMap((misfit): Finding[] => {
    if (misfit.of === 'place') return [findingOf(misfit, own)]
    if (foreign) return []
    if (has(mapAt(block.request, []).structure, misfit.path)) return [findingOf(misfit, [...base, 'request', 'structure'])]
    const message = `a message of the conversation: ${pathText(misfit.path)}: ${misfit.message}`
    const path = block.request === undefined ? own : [...base, 'request']
    return [{ ...findingOf(misfit, []), path, mark: 'key', message }]
  })
}

function findingOf({ of, path, message, isKey, hint }: Misfit, at: Path): Finding {
  const code = of === 'place' ? 'E_GRPC_METHOD' : 'E_GRPC_MESSAGE'
  return { code, path: [...at, ...path], mark: isKey ? 'key' : 'value', message, ...(hint === undefined ? {} : { hint }) }
}

function has(value: unknown, path: Path): boolean {
  let inner = value
  for (const step of path) {
    if (typeof inner !== 'object' || inner === null || !Object.hasOwn(inner, step)) return false
    inner = Reflect.get(inner, step)
  }
  return value !== undefined
}
