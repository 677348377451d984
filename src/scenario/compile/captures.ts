/** Where a value is taken from a reply: `capture` of a step, `conversation.id.from`. */
import { E_ENUM } from '../problems/values/E_ENUM.ts'
import type { Path } from '../read/source/source.ts'
import type { CaptureBlock } from '../schema/steps.ts'
import type { Capture, CaptureSource, UsageField } from './plan.ts'
import type { Texts } from './texts.ts'

/** Compiles the `capture` block of a step, a map from variable name to source. `path` is where the block stands in the scenario. */
export function compileCaptures(blocks: Readonly<Record<string, CaptureBlock>>, path: Path, texts: Texts): Capture[] {
  return Object.entries(blocks).map(([variable, block]) => {
    const written = typeof block === 'string' ? block : (block.json ?? block.header ?? block.regex ?? '')
    const fallback = typeof block === 'string' || block.default === undefined ? undefined : { value: block.default }
    return { variable, written, fallback, source: compileSource(block, [...path, variable], texts) }
  })
}

/** Compiles one entry of a `capture` block: where in a reply its value is found. `path` is where the entry stands in the scenario. */
export function compileSource(block: CaptureBlock, path: Path, texts: Texts): CaptureSource {
  if (typeof block !== 'string') {
    if (block.json !== undefined) return { from: 'json', path: texts.jsonPath(block.json, [...path, 'json']) }
    if (block.header !== undefined) return { from: 'header', name: block.header.toLowerCase() }
    return { from: 'regex', regex: texts.regex(block.regex ?? '', [...path, 'regex']) }
  }
  if (block === 'status' || block === 'text') return { from: block }
  if (block.startsWith('usage:')) return { from: 'usage', field: usageField(block.slice('usage:'.length), path, texts) }
  if (block.startsWith('header:')) return { from: 'header', name: block.slice('header:'.length).trim().toLowerCase() }
  const [, pattern, flags] = /^\/(.*)\/([a-z]*)$/s.exec(block) ?? []
  return pattern === undefined
    ? { from: 'json', path: texts.jsonPath(block, path) }
    : { from: 'regex', regex: texts.regex(pattern, path, flags, 1) }
}

const USAGE_FIELDS: readonly UsageField[] = ['input', 'cached', 'output', 'reasoning', 'visible']

function usageField(name: string, path: Path, texts: Texts): UsageField {
  const field = USAGE_FIELDS.find((known) => known === name)
  if (field) return field
  texts.report(E_ENUM.unknownUsage(name, USAGE_FIELDS), path)
  return 'output'
}
