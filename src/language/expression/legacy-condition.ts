/** The conditions of older scenario files, which knew four forms and looked at the last reply only. */

const LENGTH = /^length\s*([<>])\s*(\d+)$/
const LABELLED = /^(contains|matches):(.+)$/s

/**
 * CEL for `contains:x`, `matches:re`, `length>N` and `length<N`; undefined when the text is none of these.
 * Letters of either case match in both text forms, as they did there.
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
