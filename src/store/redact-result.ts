import { fingerprint, OTHER } from '../metrics/failures/error-groups.ts'
import { atOnce, type Pieces } from '../pieces.ts'
import type { Result } from '../result/schema.ts'
import { maskFields } from '../text/secret-fields.ts'
import type { Redactor } from '../text/secrets.ts'

/** Objects and lists down to this depth are copied entry by entry, deeper ones in one go. In a result, those are the size of a group's metrics. */
const MAX_DEPTH = 2
/** The cost of copying one such deeper value, in work units (see `Pieces`). */
const UNITS_PER_VALUE = 200

/**
 * Returns a copy of a result with secrets masked in every text and in the names of tags. Numbers, other field names and base64 histograms stay as
 * they are.
 */
export function redactResult(result: Result, redactor: Pick<Redactor, 'redact'>): Result {
  return atOnce(redactInPieces(result, redactor))
}

/**
 * Returns a copy of a result with secrets masked, like `redactResult`, but as a generator that works in pieces between which the run goes on, so that
 * the event loop is not blocked.
 */
export function* redactInPieces(result: Result, redactor: Pick<Redactor, 'redact'>): Pieces<Result> {
  const clean = (yield* redacted(result, redactor, 0)) as Result // only texts change, and they stay texts
  return { ...clean, tags: withCleanNames(clean.tags, redactor), errors: clean.errors.map(withCleanPrint) }
}

/**
 * Computes the fingerprint of a group of errors again from its masked message, because a fingerprint has no digits and so may hide a secret from
 * masking.
 */
function withCleanPrint(group: Result['errors'][number]): Result['errors'][number] {
  return group.fingerprint === OTHER ? group : { ...group, fingerprint: fingerprint(group.sample) }
}

/** Masks secrets in the names of tags, which come from templates. Names that become equal get different numbers. */
function withCleanNames(tags: Result['tags'], redactor: Pick<Redactor, 'redact'>): Result['tags'] {
  const clean = new Map<string, Result['tags'][string]>()
  for (const [tag, metrics] of Object.entries(tags)) {
    const name = redactor.redact(tag)
    let free = name
    for (let number = 2; clean.has(free); number += 1) free = `${name} ${number}`
    clean.set(free, metrics)
  }
  return Object.fromEntries(clean)
}

function* redacted(value: unknown, redactor: Pick<Redactor, 'redact'>, depth: number): Pieces<unknown> {
  if (depth > MAX_DEPTH || typeof value !== 'object' || value === null)
    return isClean(value, redactor) ? value : redactedAtOnce(value, redactor)
  const clean: [string, unknown][] = []
  for (const [key, item] of Object.entries(value)) {
    clean.push([key, key === 'histogram' ? item : yield* redacted(item, redactor, depth + 1)])
    if (typeof item === 'object') yield UNITS_PER_VALUE
  }
  return Array.isArray(value) ? clean.map(([, item]) => item) : Object.fromEntries(clean)
}

/** True when a value contains no secret. That is the usual case, in which no copy is made. */
function isClean(value: unknown, redactor: Pick<Redactor, 'redact'>): boolean {
  if (typeof value === 'string') return redactor.redact(maskFields(value)) === value
  if (typeof value !== 'object' || value === null) return true
  for (const [key, item] of Object.entries(value)) if (key !== 'histogram' && !isClean(item, redactor)) return false
  return true
}

function redactedAtOnce(value: unknown, redactor: Pick<Redactor, 'redact'>): unknown {
  if (typeof value === 'string') return redactor.redact(maskFields(value))
  if (Array.isArray(value)) return value.map((item) => redactedAtOnce(item, redactor))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, key === 'histogram' ? item : redactedAtOnce(item, redactor)]),
  )
}
