import type { JsonPath } from '../../language/jsonpath/jsonpath.ts'
import type { Regex } from '../../language/regex.ts'

/** The name of a token count of a reply that a `capture` block can ask for with the key `usage:`, such as `output`. */
export type UsageField = 'input' | 'cached' | 'output' | 'reasoning' | 'visible'

/** Where in a reply a step finds the value of a captured variable: a path, a header, the text … */
export type CaptureSource =
  | { readonly from: 'json'; readonly path: JsonPath }
  | { readonly from: 'header'; readonly name: string }
  | { readonly from: 'regex'; readonly regex: Regex }
  | { readonly from: 'status' }
  | { readonly from: 'usage'; readonly field: UsageField }
  | { readonly from: 'text' }

/** A value that a step captures from its reply: the variable that gets it, and where in the reply it is found. */
export interface Capture {
  readonly variable: string
  readonly source: CaptureSource
  /** The value that is used when nothing is found in a reply; undefined when the attempt then fails. */
  readonly fallback: { readonly value: unknown } | undefined
  /** The source as the scenario writes it, such as `$.id`, for messages. */
  readonly written: string
}
