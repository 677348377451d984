/** Recognises replies that are cut off. */
import { endsInFence } from './prose.ts'

/** Why a text looks cut off: a block of code or JSON is not closed, or its last sentence has no end mark, which is only a hint. */
type Truncation = 'open code block' | 'open JSON' | 'no end mark'

/** Matches the end of prose: an end mark, quote, bracket, emphasis or emoji, followed by spaces only. */
const ENDS = /[.!?…:;。！？；：،؟।)\]}>"'`*_~|–—-]\s*$|\p{Extended_Pictographic}\uFE0F?\s*$/u
const MIN_WORDS = 8

/**
 * Returns the sign by which a text seems to be cut off, such as a missing end mark; undefined when it seems complete. No end mark is needed when the
 * last line is an item of a list, a heading or a row of a table, or has fewer than eight words.
 */
export function truncationOf(text: string): Truncation | undefined {
  if (/```|~~~/.test(text) && endsInFence(text)) return 'open code block'
  if (/^\s*[{[]/.test(text) && opensMore(text)) return 'open JSON'
  return needsEndMark(text) && !ENDS.test(text.trimEnd().slice(-8)) ? 'no end mark' : undefined
}

/** True when a text opens more brackets than it closes; brackets inside strings do not count. */
function opensMore(text: string): boolean {
  const outside = text.replace(/"(?:[^"\\]|\\.)*(?:"|$)/gs, '')
  return (outside.match(/[[{]/g)?.length ?? 0) > (outside.match(/[\]}]/g)?.length ?? 0)
}

function needsEndMark(text: string): boolean {
  const trimmed = text.trimEnd()
  const last = trimmed.slice(trimmed.lastIndexOf('\n') + 1)
  if (/^\s*(?:[-*+•]|\d+[.)]|#{1,6}|\|)\s/.test(last)) return false
  return last.trim().split(/\s+/, MIN_WORDS).length >= MIN_WORDS
}
