import { isBlockWord } from '../../blocking.ts'
import { type DocumentPlace, documentsOf, placesIn } from './documents.ts'
import { type FoundText, isLikelyText } from './texts.ts'

/**
 * Hints that explain why a reply has no generated text: a content filter's finish reason, a tool call in place of a text, or a text at a path that
 * the target's `response:` block does not name.
 */
export interface Clues {
  /** The finish reason that says that a filter blocked the reply or the model refused; undefined when there is none. */
  readonly blocked?: string
  /** True when the reply calls a tool. */
  readonly callsTool: boolean
  /** The first text under a name that APIs use for generated text; undefined when there is none. */
  readonly text?: FoundText
}

const REASON = /(?:finish|stop|block|done|incomplete_details\.)_?reason$/i
const CALLS = /(?:^|\.)(?:tool_?calls(?:\[0\])?|function_?call)$/i
const CALL_TYPES: readonly unknown[] = ['tool_use', 'tool_call', 'function_call', 'custom_tool_call']
/** The largest number of values in a reply that are examined, to limit the time that it takes. */
const MAX_PLACES = 5000

/** Searches a JSON reply without generated text for the reason why it has none. The result is empty for a reply that is not JSON. */
export function cluesOf(body: string): Clues {
  const { form, values } = documentsOf(body)
  let blocked: string | undefined
  let callsTool = false
  let text: FoundText | undefined
  let seen = 0
  for (const place of values.flatMap((document) => [...placesIn(document)])) {
    seen += 1
    if (seen > MAX_PLACES) break
    blocked ??= blockWordAt(place)
    callsTool ||= isCall(place)
    text ??= textAt(place, form !== 'json')
  }
  return { callsTool, ...(blocked === undefined ? {} : { blocked }), ...(text === undefined ? {} : { text }) }
}

function blockWordAt({ path, value }: DocumentPlace): string | undefined {
  return typeof value === 'string' && REASON.test(path) && isBlockWord(value) ? value : undefined
}

function isCall({ path, value }: DocumentPlace): boolean {
  if (path.endsWith('.type')) return CALL_TYPES.includes(value)
  return CALLS.test(path) && typeof value === 'object' && value !== null && Object.keys(value).length > 0
}

function textAt({ path, value }: DocumentPlace, streamed: boolean): FoundText | undefined {
  if (typeof value !== 'string' || value.trim() === '' || !isLikelyText(path)) return undefined
  return { path, sample: value.slice(0, 60), streamed }
}
