import { schemesOf } from '../../../connectors/index.ts'
import type { PlannedTarget } from '../../compile/plan.ts'
import { rule } from '../../lint/subject.ts'
import { targetUses } from '../../lint/targets.ts'
import type { Path } from '../../read/source/source.ts'
import { mapAt } from '../../schema/written-steps.ts'

const TEMPLATE = /\{\{[\s\S]*?\}\}/g
/** Matches refusals that do not depend on the values of templates, such as one of a header's name. */
const OF_NAMES = /^(?:the header (?!content-length)|not a header|the metadata|MQTT 3)/
const isLiteral = (text: string) => !text.includes('{{')

/** Returns why the connector refuses a request; undefined when it can be sent. */
function refusalOf(request: unknown, { connector, options, url }: PlannedTarget): string | undefined {
  const read = request === undefined ? undefined : connector.request.safeParse(request)
  if (!read?.success) return undefined
  const isWhole = isLiteral(JSON.stringify(read.data))
  const step = isWhole ? read.data : withoutTemplates(read.data)
  // The mock accepts any path or topic, and the address of a template is not known yet.
  const known = isLiteral(url.source) && !url.source.startsWith('mock:')
  const address = {
    url: known ? url.source : `${schemesOf(connector.protocol)[0]}//127.0.0.1/a/b`,
    headers: {},
    query: {},
    tls: {},
  }
  const made = wireRequest(() => connector.fromStep(step, address, options))
  const { problem } = { ...mapAt(made, ['post']), ...mapAt(made, []) }
  // Files and addresses are checked elsewhere, because they may come from the environment of the run.
  if (typeof problem !== 'string' || /was not read|not an address/.test(problem)) return undefined
  return isWhole || OF_NAMES.test(problem) ? problem : undefined
}

/** Returns the request that `make` makes; undefined when it throws, as the code of a plugin may, which counts as its failure during a run. */
function wireRequest(make: () => unknown): unknown {
  try {
    return make()
  } catch {
    return undefined
  }
}

/** Returns a copy of a value in which `x` stands in place of each template. */
function withoutTemplates(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value), (_, inner: unknown) =>
    typeof inner === 'string' ? inner.replace(TEMPLATE, 'x') : inner,
  )
}

/** Returns the path of the first key that a message mentions; undefined when it mentions none. */
function placeIn(value: unknown, message: string): Path | undefined {
  const words = message.toLowerCase().split(/[^\w-]+/)
  for (const [key, inner] of Object.entries(mapAt(value, []))) {
    if (words.includes(key.toLowerCase()) || message.includes(JSON.stringify(key))) return [key]
    const deeper = placeIn(inner, message)
    if (deeper !== undefined) return [key, ...deeper]
  }
  return undefined
}

/**
 * The lint rule (of `burn validate`) that reports a request which the target's connector (the code for its protocol) refuses to send, so that every
 * attempt would fail.
 */
export const E_REQUEST = rule('E_REQUEST', (subject, report) => {
  for (const { target, steps } of targetUses(subject)) {
    for (const { step, path } of steps) {
      const message = refusalOf(step.request, target)
      if (message === undefined) continue
      const place = placeIn(step.request, message) ?? []
      report([...path, 'request', ...place], place.length > 0 ? 'key' : 'value', message)
    }
  }
})
