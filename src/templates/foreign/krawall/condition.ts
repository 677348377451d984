/** Conditions of Krawall as CEL. Those that its engine knew (`contains:`, `matches:`, `length>N`) are read by burn as they are. */

const KNOWN = /^\s*(?:contains:.+|matches:.+|length\s*[<>]\s*\d+)\s*$/s
/** What templates there wrote, and its engine took for false. */
const CONTAINS = /^(?:last)?response\.(contains|includes|startsWith|endsWith)\(\s*(['"])(.*)\2\s*\)$/is
const STATUS = /^status\s*(===?|!==?|[<>]=?)\s*(\d{3})$/
const LATENCY = /^(?:latency|responseTime(?:Ms)?)\s*([<>]=?)\s*(\d+)(?:ms)?$/i

const METHODS: Readonly<Record<string, string>> = {
  contains: 'contains',
  includes: 'contains',
  startswith: 'startsWith',
  endswith: 'endsWith',
}

/** CEL, or a legacy form that is understood; undefined when it is neither. */
export function translateCondition(text: string): string | undefined {
  const trimmed = text.trim()
  if (KNOWN.test(trimmed)) return trimmed
  const [, method, , word] = CONTAINS.exec(trimmed) ?? []
  if (method !== undefined) return `reply.text.${METHODS[method.toLowerCase()]}(${JSON.stringify(word ?? '')})`
  const [, operator, code] = STATUS.exec(trimmed) ?? []
  if (operator !== undefined) return `reply.status ${operator.slice(0, 2)} ${code}`
  const [, than, ms] = LATENCY.exec(trimmed) ?? []
  return than === undefined ? undefined : `reply.responseMs ${than} ${ms}`
}
