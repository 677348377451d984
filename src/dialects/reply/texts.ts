import { documentsOf, placesIn } from './documents.ts'

/** A text that was found in a reply, with its path. */
export interface FoundText {
  /** JSONPath to the text. */
  readonly path: string
  /** The beginning of the text, at most 60 characters. */
  readonly sample: string
  /** True when the text is from one event of a stream, which makes it a `delta` in a mapping instead of a `text`. */
  readonly streamed: boolean
}

const MOST = 12
const SAMPLE = 60
/** Matches paths that end in a name under which APIs put generated text. */
const LIKELY =
  /(?:^|[._])(?:text|content|message|answer|reply|response|output|delta|token|completion|generated_text|output_text)$/i

/** True when a path ends in a name under which APIs put generated text, or in an item of a list of that name. */
export function isLikelyText(path: string): boolean {
  return LIKELY.test(path.replace(/(?:\[\d+\])+$/, ''))
}

/** Returns texts in a JSON reply or its events with their paths, to help write a mapping: likely ones first, at most 12. */
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
