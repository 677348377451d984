import { documentsOf, placesIn } from './documents.ts'

/** A likely text of a reply, with the JSONPath to it, which burn found to propose a mapping to the user. */
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

/** Matches paths that end in a key under which APIs put information about a reply, never its text. */
const NEVER_TEXT =
  /[.\]](?:(?:\w+_)?id|\w+Id|uuid|object|role|model|model_?[vV]ersion|type|status|event|index|name|(?:\w+_)?reason|\w+Reason|created\w*|timestamp|service_?[tT]ier|system_fingerprint)$/

/** True when a path ends in a key under which APIs usually put generated text, such as `content`. An index after that key is ignored. */
export function isLikelyText(path: string): boolean {
  return LIKELY.test(path.replace(/(?:\[\d+\])+$/, ''))
}

/**
 * Returns the texts in a JSON reply or its events, with their paths, to help a user write the `response:` block of a target, which names the path of
 * the generated text. There are at most 12, those that are most likely generated text first; values of keys such as `id` and `role` are left out. The
 * list is empty when the reply has keys for generated text that all hold '', because the model then generated no text.
 */
export function textsIn(body: string): FoundText[] {
  const { form, values } = documentsOf(body)
  const found = new Map<string, FoundText>()
  for (const { path, value } of values.flatMap((document) => [...placesIn(document)])) {
    if (typeof value === 'string' && value.trim() !== '' && !found.has(path) && !NEVER_TEXT.test(path))
      found.set(path, { path, sample: value.slice(0, SAMPLE), streamed: form !== 'json' })
  }
  const likely = [...found.values()].filter(({ path }) => isLikelyText(path))
  if (likely.length === 0 && emptyTextIn(body) !== undefined) return []
  return [...likely, ...[...found.values()].filter((text) => !likely.includes(text))].slice(0, MOST)
}

/** Returns the path of the first empty text whose key usually holds generated text, in a JSON reply or its events; undefined when there is none. */
export function emptyTextIn(body: string): string | undefined {
  const places = documentsOf(body).values.flatMap((document) => [...placesIn(document)])
  return places.find(({ path, value }) => typeof value === 'string' && value.trim() === '' && isLikelyText(path))?.path
}
