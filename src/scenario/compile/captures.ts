/** Compiles where a value is taken from a reply: for `capture` of a step, and for `conversation.id.from`. */
import { E_REGEX } from '../problems/compile/E_REGEX.ts'
import { E_ENUM } from '../problems/values/E_ENUM.ts'
import { E_VALUE } from '../problems/values/E_VALUE.ts'
import type { Path } from '../read/source/source.ts'
import type { CaptureBlock } from '../schema/steps.ts'
import type { Capture, CaptureSource, UsageField } from './plan.ts'
import type { Texts } from './texts.ts'

/**
 * Compiles the `capture` block of a step: for each variable, where in the reply its value is found. `path` is the path of the block in the scenario.
 */
export function compileCaptures(blocks: Readonly<Record<string, CaptureBlock>>, path: Path, texts: Texts): Capture[] {
  return Object.entries(blocks).map(([variable, block]) => {
    const written = typeof block === 'string' ? block : (block.json ?? block.header ?? block.regex ?? '')
    const fallback = typeof block === 'string' || block.default === undefined ? undefined : { value: block.default }
    return { variable, written, fallback, source: compileSource(block, [...path, variable], texts) }
  })
}

/**
 * Compiles one entry of a `capture` block, such as `$.id`, which says where in a reply a variable's value is found. `path` is the path of the entry
 * in the scenario.
 */
export function compileSource(block: CaptureBlock, path: Path, texts: Texts): CaptureSource {
  if (typeof block !== 'string') {
    if (block.json !== undefined) return { from: 'json', path: texts.jsonPath(block.json, [...path, 'json']) }
    if (block.header !== undefined) return header(block.header, [...path, 'header'], texts)
    return pattern(block.regex ?? '', [...path, 'regex'], texts)
  }
  if (block === 'status' || block === 'text') return { from: block }
  if (block.startsWith('usage:')) return { from: 'usage', field: usageField(block.slice('usage:'.length), path, texts) }
  if (block.startsWith('header:')) return header(block.slice('header:'.length).trim(), path, texts)
  const [, written, flags] = /^\/(.*)\/([a-z]*)$/s.exec(block) ?? []
  return written === undefined ? { from: 'json', path: texts.jsonPath(block, path) } : pattern(written, path, texts, flags, 1)
}

function header(name: string, path: Path, texts: Texts): CaptureSource {
  if (!/^[!#$%&'*+.^_`|~\w-]+$/.test(name)) texts.report(E_VALUE.noHeaderName(name), path)
  return { from: 'header', name: name.toLowerCase() }
}

/** Compiles a regular expression to capture with. An empty expression is reported, because it would match in every reply and capture nothing. */
function pattern(source: string, path: Path, texts: Texts, flags = '', shift = 0): CaptureSource {
  if (source === '') texts.report(E_REGEX.unreadable('the pattern is empty'), path)
  return { from: 'regex', regex: texts.regex(source, path, flags, shift) }
}

const USAGE_FIELDS: readonly UsageField[] = ['input', 'cached', 'output', 'reasoning', 'visible']

function usageField(name: string, path: Path, texts: Texts): UsageField {
  const field = USAGE_FIELDS.find((known) => known === name)
  if (field) return field
  texts.report(E_ENUM.unknownUsage(name, USAGE_FIELDS), path)
  return 'output'
}
