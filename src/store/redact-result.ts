import { fingerprint, OTHER } from '../metrics/failures/error-groups.ts'
import type { Result } from '../result/schema.ts'
import { maskFields } from '../text/secret-fields.ts'
import type { Redactor } from '../text/secrets.ts'

/** Returns a copy of a result with secrets masked in every text. Numbers, field names and base64 histograms stay as they are. */
export function redactResult(result: Result, redactor: Pick<Redactor, 'redact'>): Result {
  const clean = redacted(result, redactor) as Result // texts become texts, all else stays
  return { ...clean, tags: withCleanNames(clean.tags, redactor), errors: clean.errors.map(withCleanPrint) }
}

/** Makes the fingerprint of a group of errors again from its masked message: the fingerprint has no digits, so a secret in it would not be recognised. */
function withCleanPrint(group: Result['errors'][number]): Result['errors'][number] {
  return group.fingerprint === OTHER ? group : { ...group, fingerprint: fingerprint(group.sample) }
}

/** Masks secrets in the names of tags, which come from templates. Names that become equal by that get different numbers. */
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

function redacted(value: unknown, redactor: Pick<Redactor, 'redact'>): unknown {
  if (typeof value === 'string') return redactor.redact(maskFields(value))
  if (Array.isArray(value)) return value.map((item) => redacted(item, redactor))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, key === 'histogram' ? item : redacted(item, redactor)]),
  )
}
