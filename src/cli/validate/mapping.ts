import { compilePath, readPath } from '../../dialects/parts/path.ts'
import type { Path } from '../../scenario/read/source/source.ts'
import { mapAt } from '../../scenario/schema/written-steps.ts'
import { open, type PathCheck, type PathKind, shown, tried } from './path-check.ts'
import type { ReplySample } from './reading.ts'

/** The keys of a target's `response:` block that are paths in a reply, with the kind of value that each must find. */
const KINDS: Readonly<Record<string, PathKind>> = {
  text: 'text',
  delta: 'text',
  reasoning: 'text',
  finish: 'value',
  conversationId: 'value',
}

/**
 * Checks whether the sample reply of `burn validate --sample` has values at the paths in a target's `response:` block, which say where a reply has
 * its text and other values. Returns the outcome for each path. `value` is the parsed scenario, and `base` the place of the block in it.
 */
export function mappingChecks(value: unknown, base: Path, sample: ReplySample, isError: boolean): PathCheck[] {
  const response = mapAt(value, base)
  const usage = mapAt(response, ['usage'])
  return [
    ...Object.entries(KINDS).flatMap(([key, kind]) => {
      const why = key === 'text' || key === 'delta' ? unused(key, response, sample) : undefined
      return one(response[key], [...base, key], kind, sample, isError ? 'the sample is an error reply' : why)
    }),
    ...Object.keys(usage).flatMap((key) =>
      one(usage[key], [...base, 'usage', key], 'number', sample, isError ? 'the sample is an error reply' : undefined),
    ),
    ...one(response.toolCalls, [...base, 'toolCalls'], 'value', sample, isError ? 'the sample is an error reply' : undefined).map(
      (check) => unlessMissing(check, 'the sample calls no tool'),
    ),
    ...errorCheck(response.error, [...base, 'error'], sample),
    ...(isError ? [] : endCheck(response, [...base, 'end', 'path'], sample)),
  ]
}

/**
 * Returns why a path to the reply's text does not apply to this sample: `text` is for whole replies, `delta` for streams; undefined when it applies.
 */
function unused(key: 'text' | 'delta', response: Readonly<Record<string, unknown>>, sample: ReplySample): string | undefined {
  const streamed = sample.form !== 'json'
  if (key === 'text' && streamed && response.delta !== undefined) return 'for whole replies; the sample is a stream'
  return key === 'delta' && !streamed && response.text !== undefined ? 'for streams; the sample is a whole reply' : undefined
}

function one(written: unknown, place: Path, kind: PathKind, sample: ReplySample, why: string | undefined): PathCheck[] {
  if (typeof written !== 'string') return []
  const path = compilePath(written)
  if (path === undefined || written.includes('{{')) return [open(place, written, 'holds a template')]
  if (why !== undefined) return [open(place, written, why)]
  return [tried(place, written, kind, sample.values, (document) => readPath(path, document))]
}

/** Returns the outcome of a lookup, in which "missing" becomes "open" because a path may find nothing there. `why` is the reason that is shown. */
function unlessMissing(check: PathCheck, why: string): PathCheck {
  const { hint: _hint, ...rest } = check
  return check.state === 'missing' ? { ...rest, state: 'open', said: `nothing: ${why}` } : rest
}

/** Looks up the path to an error, which rightly finds nothing in a good reply. */
function errorCheck(written: unknown, place: Path, sample: ReplySample): PathCheck[] {
  return one(written, place, 'value', sample, undefined).map((check) => unlessMissing(check, 'the sample is no error reply'))
}

function endCheck(response: Readonly<Record<string, unknown>>, place: Path, sample: ReplySample): PathCheck[] {
  const { path: written, equals = true } = mapAt(response, ['end'])
  const [check] = one(
    written,
    place,
    'value',
    sample,
    sample.form === 'json' ? 'for streams; the sample is a whole reply' : undefined,
  )
  if (check?.state !== 'found') return check ? [check] : []
  const path = compilePath(check.written) ?? []
  if (sample.values.some((document) => readPath(path, document) === equals)) return [{ ...check, said: shown(equals) }]
  return [{ ...check, state: 'missing', said: `never ${shown(equals)}, but ${check.said}` }]
}
