/** Where in a reply there is text, for whoever writes a mapping. */

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
const MAX_DEPTH = 20
/** Keys under which APIs put what they generate. */
const LIKELY =
  /(?:^|[._])(?:text|content|message|answer|reply|response|output|delta|token|completion|generated_text|output_text)$/i

/** Texts in a JSON reply, or in the events of a stream; the likeliest first, each path once. */
export function textsIn(body: string): FoundText[] {
  const whole = parsed(body)
  const documents = whole === undefined ? eventsOf(body).map(parsed) : [whole]
  const found = new Map<string, FoundText>()
  for (const document of documents) {
    for (const { path, text } of leaves(document, '$', 0)) {
      if (text.trim() !== '' && !found.has(path))
        found.set(path, { path, sample: text.slice(0, SAMPLE), streamed: whole === undefined })
    }
  }
  const likely = ({ path }: FoundText) => (LIKELY.test(path) ? 0 : 1)
  return [...found.values()].sort((a, b) => likely(a) - likely(b)).slice(0, MOST)
}

/** Data of server-sent events, or the lines of NDJSON. */
function eventsOf(body: string): string[] {
  return body.split(/\r\n|\r|\n/).map((line) => line.replace(/^data: ?/, ''))
}

function parsed(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? value : undefined
  } catch {
    return undefined
  }
}

function* leaves(value: unknown, path: string, depth: number): Generator<{ path: string; text: string }> {
  if (typeof value === 'string') yield { path, text: value }
  if (typeof value !== 'object' || value === null || depth > MAX_DEPTH) return
  for (const [key, inner] of Object.entries(value)) yield* leaves(inner, path + selector(key, Array.isArray(value)), depth + 1)
}

function selector(key: string, index: boolean): string {
  if (index) return `[${key}]`
  return /^[A-Za-z_]\w*$/.test(key) ? `.${key}` : `[${JSON.stringify(key)}]`
}
