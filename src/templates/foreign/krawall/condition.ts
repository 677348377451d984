/** Translates conditions of the tool Krawall to CEL. The forms `contains:`, `matches:` and `length>N` stay, because burn reads them too. */

const KNOWN = /^\s*(?:contains:.+|matches:.+|length\s*[<>]\s*\d+)\s*$/s
/** Matches conditions in the template syntax of the tool Krawall, whose engine evaluates them as false. */
const CONTAINS = /^(?:last)?response\.(contains|includes|startsWith|endsWith)\(\s*(['"])(.*)\2\s*\)$/is
const STATUS = /^status\s*(===?|!==?|[<>]=?)\s*(\d{3})$/
const LATENCY = /^(?:latency|responseTime(?:Ms)?)\s*([<>]=?)\s*(\d+)(?:ms)?$/i

const METHODS: Readonly<Record<string, string>> = {
  contains: 'contains',
  includes: 'contains',
  startswith: 'startsWith',
  endswith: 'endsWith',
}

/**
 * Translates a condition of the tool Krawall to CEL. A condition that burn can already read stays the same; undefined for a condition that cannot be
 * translated.
 */
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
