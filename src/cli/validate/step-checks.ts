import { type Reply, takeFrom } from '../../engine/user/reply/reply.ts'
import { compileJsonPath, JsonPathError } from '../../language/jsonpath/jsonpath.ts'
import { compileSource } from '../../scenario/compile/captures.ts'
import { Texts } from '../../scenario/compile/texts.ts'
import type { Path } from '../../scenario/read/source/source.ts'
import type { CaptureBlock } from '../../scenario/schema/steps.ts'
import { listAt, mapAt } from '../../scenario/schema/written-steps.ts'
import { jsonIn } from '../../text/json.ts'
import { NOTHING, open, type PathCheck, shown, tried } from './path-check.ts'

/**
 * Changes the outcome of looking up a path in a sample reply in which burn found no text. A path that is looked up in the text is then `open` (cannot
 * be decided) instead of `missing`; all others keep their outcome.
 */
export function withoutText(check: PathCheck, reply: Reply): PathCheck {
  const { written } = check
  const ofText = written === 'text' || written.startsWith('/')
  const ofJson = written.startsWith('$') && reply.json() === undefined
  if (check.state === 'open' || !(ofText || ofJson)) return check
  return open(check.place, written, 'needs the text, which was not found')
}

/**
 * Checks whether the sample reply of `burn validate --sample` has values at the paths that a step uses: in `capture`, to fill variables, and in
 * `expect`, to check the reply. Returns the outcome for each path. `value` is the parsed scenario, and `base` the place of the step in it.
 */
export function stepChecks(value: unknown, base: Path, reply: Reply): PathCheck[] {
  const captures = Object.entries(mapAt(value, [...base, 'capture'])).map(([name, block]) =>
    // The cast is safe: the schema allows only these forms.
    captureCheck(block as CaptureBlock, [...base, 'capture', name], reply),
  )
  const expected = listAt(value, [...base, 'expect']).flatMap((_, index) => {
    const at = [...base, 'expect', index, 'json']
    return expectCheck(mapAt(value, at.slice(0, -1)).json, at, reply)
  })
  return [...captures, ...expected]
}

/**
 * Checks whether the sample reply of `burn validate --sample` has a value at the path with which a variable is captured. Returns the outcome. `block`
 * is the entry for the variable in the scenario, and `base` its place there.
 */
export function captureCheck(block: CaptureBlock, base: Path, reply: Reply): PathCheck {
  const [key, written] =
    typeof block === 'string' ? [undefined, block] : (Object.entries(block).find(([name]) => name !== 'default') ?? [])
  const place = key === undefined ? base : [...base, key]
  const check = sourceCheck(compileSource(block, place, new Texts(undefined)), place, String(written), reply)
  if (check.state !== 'missing' || typeof block === 'string' || block.default === undefined) return check
  return open(place, check.written, `${check.said}: the default ${shown(block.default)} is taken`)
}

function sourceCheck(source: ReturnType<typeof compileSource>, place: Path, written: string, reply: Reply): PathCheck {
  if (source.from === 'json') return jsonCheck(place, written, reply.json(), reply)
  if (source.from === 'header' || source.from === 'status') return open(place, written, 'not in a sample')
  const found = takeFrom(source, reply)
  return {
    place,
    written,
    state: found === undefined ? 'missing' : 'found',
    said: found === undefined ? NOTHING : shown(found),
  }
}

function jsonCheck(place: Path, written: string, document: unknown, reply: Reply): PathCheck {
  if (document === undefined) {
    const streamed = reply.exchange.frames > 0
    const said = streamed ? 'nothing: neither the reply nor its text is one JSON document' : 'nothing: the reply is not JSON'
    return { place, written, state: 'missing', said }
  }
  try {
    const path = compileJsonPath(written)
    return tried(place, written, 'value', [document], (root) => path.first(root))
  } catch (error) {
    if (!(error instanceof JsonPathError)) throw error
    return { place, written, state: 'missing', said: error.message }
  }
}

function expectCheck(json: unknown, base: Path, reply: Reply): PathCheck[] {
  if (json === undefined) return []
  const { path: written, in: within, exists = true } = typeof json === 'string' ? { path: json } : mapAt(json, [])
  const place = typeof json === 'string' ? base : [...base, 'path']
  if (typeof written !== 'string') return []
  if (written.includes('{{')) return [open(place, written, 'holds a template')]
  const document = within === 'text' ? jsonIn(reply.text) : reply.json()
  const check = jsonCheck(place, written, document, reply)
  if (exists !== false || document === undefined) return [check]
  return [
    check.state === 'missing'
      ? { place, written, state: 'found', said: 'nothing, as it should be' }
      : { place, written, state: 'missing', said: `${check.said}, where nothing should be` },
  ]
}
