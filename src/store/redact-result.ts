/** Takes secrets out of a result before it is written or shown. */
import type { Result } from '../metrics/result.ts'
import type { Redactor } from '../secrets.ts'

/** A copy in which every text is redacted. Numbers and names of fields are ours and stay, and so do histograms, whose base64 has no text in it. */
export function redactResult(result: Result, redactor: Pick<Redactor, 'redact'>): Result {
  return redacted(result, redactor) as Result // texts become texts, all else stays
}

function redacted(value: unknown, redactor: Pick<Redactor, 'redact'>): unknown {
  if (typeof value === 'string') return redactor.redact(value)
  if (Array.isArray(value)) return value.map((item) => redacted(item, redactor))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, key === 'histogram' ? item : redacted(item, redactor)]),
  )
}
