/** Where in a reply there is text, for whoever writes a mapping. */
import { documentsOf, placesIn } from './documents.ts'

/** A text in a reply. */
export interface FoundText {
  /** JSONPath to it. */
  readonly path: string
  /** Its beginning. */
  readonly sample: string
  /** Whether it stood in one event of a stream: then it is a `delta`, else a `text`. */
  readonly streamed: boolean
}

const MOST = 12
const SAMPLE = 60
/** Keys under which APIs put what they generate. */
const LIKELY =
  /(?:^|[._])(?:text|content|message|answer|reply|response|output|delta|token|completion|generated_text|output_text)$/i

/** Whether a path ends in a name under which APIs put what they generate; in a list of such, too. */
export function isLikelyText(path: string): boolean {
  return LIKELY.test(path.replace(/(?:\[\d+\])+$/, ''))
}

/** Texts in a JSON reply, or in the events of a stream; the likeliest first, each path once. */
export function textsIn(body: string): FoundText[] {
  const { form, values } = documentsOf(body)
  const found = new Map<string, FoundText>()
  for (const { path, value } of values.flatMap((document) => [...placesIn(document)])) {
    if (typeof value === 'string' && value.trim() !== '' && !found.has(path))
      found.set(path, { path, sample: value.slice(0, SAMPLE), streamed: form !== 'json' })
  }
  const likely = ({ path }: FoundText) => (isLikelyText(path) ? 0 : 1)
  return [...found.values()].sort((a, b) => likely(a) - likely(b)).slice(0, MOST)
}
