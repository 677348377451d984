/** Parses the tags in a threshold: `{step=open,phase="peak, late"}`. */
import { nearest } from '../../../language/suggest.ts'
import { type TextCursor, ThresholdSyntaxError } from './cursor.ts'
import type { TagSpan, ThresholdExpression, ThresholdProblem } from './expression.ts'

const NAME = /[\w.-]+/y
const VALUE = /"(?:[^"\\]|\\.)*"|[^\s,{}"=][^,{}"=]*/y

/**
 * Parses the tags of a threshold, such as `{step=pay}`. Begins where `cursor` stands in the threshold's text, and moves it behind the tags. Returns
 * an empty list when there is no brace.
 * @throws ThresholdSyntaxError when a tag is malformed or given twice
 */
export function readTags(cursor: TextCursor): TagSpan[] {
  const open = cursor.take(/\{/y)
  if (!open) return []
  const spans: TagSpan[] = []
  do {
    const span = readTag(cursor)
    if (spans.some((other) => other.name === span.name))
      throw new ThresholdSyntaxError(`tag ${span.name} is given twice`, span.nameOffset, span.name.length)
    spans.push(span)
  } while (cursor.take(/,/y))
  if (!cursor.take(/\}/y)) throw cursor.unexpected('"," or "}" after a tag')
  return spans
}

function readTag(cursor: TextCursor): TagSpan {
  const name = cursor.take(NAME)
  if (!name) throw cursor.unexpected('a tag such as step=open')
  if (!cursor.take(/=/y))
    throw cursor.unexpected(`"=" after ${name.text}`, cursor.upcoming.text === ':' ? `write ${name.text}=…` : undefined)
  const value = cursor.take(VALUE)
  if (!value) throw cursor.unexpected(`a value for ${name.text}`)
  const written = value.text.trimEnd()
  return {
    name: name.text,
    value: unquote(written),
    nameOffset: name.offset,
    valueOffset: value.offset,
    valueLength: written.length,
  }
}

function unquote(written: string): string {
  return written.startsWith('"') ? written.slice(1, -1).replace(/\\(.)/g, '$1') : written
}

/** Returns a text that identifies the group of attempts that a threshold's tags select, whatever the order of the tags; '' without tags. */
export function selectorKey(tags: Readonly<Record<string, string>>): string {
  const quoted = (value: string) => (/[,="{}]/.test(value) ? JSON.stringify(value) : value)
  return Object.keys(tags)
    .sort()
    .map((name) => `${name}=${quoted(tags[name] ?? '')}`)
    .join(',')
}

/** The possible values of each tag in a scenario, by the name of the tag; `any` when the values are known only during the run. */
export type KnownTags = Readonly<Record<string, readonly string[] | 'any'>>

/** Returns a problem for each tag of a threshold whose name or value does not occur in the scenario. */
export function checkThresholdTags(threshold: ThresholdExpression, known: KnownTags): ThresholdProblem[] {
  return threshold.tagSpans.flatMap((span) => tagProblem(span, known) ?? [])
}

function tagProblem(span: TagSpan, known: KnownTags): ThresholdProblem | undefined {
  const values = Object.hasOwn(known, span.name) ? known[span.name] : undefined
  if (!values) {
    const names = Object.keys(known)
    return problemAt(`there is no tag "${span.name}"`, span.name, names, span.nameOffset, span.name.length)
  }
  if (values === 'any' || values.includes(span.value)) return undefined
  return problemAt(`no ${span.name} is called "${span.value}"`, span.value, values, span.valueOffset, span.valueLength)
}

function problemAt(
  message: string,
  word: string,
  candidates: readonly string[],
  offset: number,
  length: number,
): ThresholdProblem {
  const near = nearest(word, candidates)
  const all =
    candidates.length === 0
      ? 'there are none'
      : `known: ${candidates.slice(0, 10).join(', ')}${candidates.length > 10 ? ', …' : ''}`
  return { message, hint: near === undefined ? all : `did you mean "${near}"?`, offset, length }
}
