const LENGTH = /^length\s*([<>])\s*(\d+)$/
const LABELLED = /^(contains|matches):(.+)$/s

/**
 * Translates a condition of older files to CEL: `contains:x`, `matches:re` (both ignore case), `length>N` or `length<N`; returns
 * undefined for any other text.
 */
export function translateLegacyCondition(text: string): string | undefined {
  const trimmed = text.trim()
  const length = LENGTH.exec(trimmed)
  if (length) return `size(reply.text) ${length[1]} ${Number(length[2])}`
  const [, label, rest = ''] = LABELLED.exec(trimmed) ?? []
  if (label === undefined) return undefined
  const pattern = label === 'matches' ? rest.trim() : quotePattern(rest.trim())
  return `reply.text.matches(${JSON.stringify(`(?i)${pattern}`)})`
}

function quotePattern(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')
}
