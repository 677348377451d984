/** What a connector would refuse to send, by its own rules: every attempt with it would fail before it left. */
import { schemesOf } from '../../connectors/index.ts'
import type { PlannedTarget } from '../compile/plan.ts'
import type { Finding } from '../read/source/finding.ts'
import type { Path } from '../read/source/source.ts'
import type { TargetBlock } from '../schema/target.ts'
import { mapAt } from '../schema/written-steps.ts'
import type { TargetUse } from './target-uses.ts'

const TEMPLATE = /\{\{[\s\S]*?\}\}/g
/** Problems that hold whatever a template makes. */
const OF_NAMES = /^(?:the header (?!content-length)|not a header|the metadata|MQTT 3)/
const isLiteral = (text: string) => !text.includes('{{')

/** Returns errors for headers of a target and requests of its steps that its protocol cannot send. */
export function sendableFindings({ target, block, base, steps }: TargetUse): Finding[] {
  const ofSteps = steps.flatMap(({ step, path }) => requestFindings(step.request, [...path, 'request'], target))
  return [...headerFindings(block, target, base), ...ofSteps]
}

function headerFindings(block: TargetBlock, { connector, options, url }: PlannedTarget, base: Path): Finding[] {
  return Object.entries(block.headers ?? {}).flatMap(([name, value]) => {
    // What a template makes is not known, but a name that cannot be given stays one.
    const message = connector.headerProblem?.(name, isLiteral(value) ? value : '', options, url.source)
    return message === undefined ? [] : [{ code: 'E_HEADER', path: [...base, 'headers', name], mark: 'key', message }]
  })
}

function requestFindings(request: unknown, path: Path, { connector, options, url }: PlannedTarget): Finding[] {
  const read = request === undefined ? undefined : connector.request.safeParse(request)
  if (!read?.success) return []
  const isWhole = isLiteral(JSON.stringify(read.data))
  const step = isWhole ? read.data : withoutTemplates(read.data)
  // A mock, and an address that a template makes, take whatever place the step names.
  const known = isLiteral(url.source) && !url.source.startsWith('mock:')
  const address = {
    url: known ? url.source : `${schemesOf(connector.protocol)[0]}//127.0.0.1/a/b`,
    headers: {},
    query: {},
    tls: {},
  }
  const made = wireRequest(() => connector.fromStep(step, address, options))
  const { problem } = { ...mapAt(made, ['post']), ...mapAt(made, []) }
  // Files and addresses, which may come from the environment of the run, are looked at elsewhere.
  if (typeof problem !== 'string' || /was not read|not an address/.test(problem) || !(isWhole || OF_NAMES.test(problem)))
    return []
  const place = placeIn(request, problem) ?? []
  return [{ code: 'E_REQUEST', path: [...path, ...place], mark: place.length > 0 ? 'key' : 'value', message: problem }]
}

/** A plugin may throw here, as it may in a run, which counts that as its fault. */
function wireRequest(make: () => unknown): unknown {
  try {
    return make()
  } catch {
    return undefined
  }
}

/** A text in place of each template. */
function withoutTemplates(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value), (_, inner: unknown) =>
    typeof inner === 'string' ? inner.replace(TEMPLATE, 'x') : inner,
  )
}

/** The first key that a message names. */
function placeIn(value: unknown, message: string): Path | undefined {
  const words = message.toLowerCase().split(/[^\w-]+/)
  for (const [key, inner] of Object.entries(mapAt(value, []))) {
    if (words.includes(key.toLowerCase()) || message.includes(JSON.stringify(key))) return [key]
    const deeper = placeIn(inner, message)
    if (deeper !== undefined) return [key, ...deeper]
  }
  return undefined
}
