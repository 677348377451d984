/** Reports what was found in a sample reply: as problems with places, as a table for people, and as data for programs. */

import { textsIn } from '../../dialects/reply/texts.ts'
import { clip } from '../../metrics/check/kinds/types.ts'
import { E_SAMPLE } from '../../scenario/problems/files/E_SAMPLE.ts'
import type { Finding } from '../../scenario/read/source/finding.ts'
import { type Path, pathText } from '../../scenario/read/source/source.ts'
import { terminalSafe } from '../../text/escape.ts'
import { NOTHING } from './path-check.ts'
import type { ReplySample } from './reading.ts'
import type { TargetReading } from './sample.ts'

/** Returns the errors that a scenario would have if the target's replies looked like the sample reply of `burn validate --sample`. */
export function sampleFindings(reading: TargetReading, sample: ReplySample): Finding[] {
  const missing = reading.checks.filter(({ state }) => state === 'missing')
  const ofPaths = missing.map(
    ({ place, written, said, hint }): Finding => ({
      ...(said === NOTHING
        ? E_SAMPLE.nothingAt(written, sample.file, hint)
        : E_SAMPLE.unusable(written, sample.file, said, hint)),
      path: place,
      mark: 'value',
    }),
  )
  return ofPaths.length > 0 ? ofPaths : replyFinding(reading, sample)
}

/** Returns the problem of the reply as a whole, such as that no text was found, when no single path explains it; otherwise an empty list. */
function replyFinding({ exchange, understood, isError, place, target }: TargetReading, sample: ReplySample): Finding[] {
  const empty = [exchange.text, exchange.reasoning, exchange.toolArguments].every((text) => text === '')
  const lost = empty || exchange.warnings.includes('text_not_found')
  if (!understood || isError || (exchange.outcome === 'ok' && !lost)) return []
  const { failure } = exchange
  const hint = textHint(target.dialectName, sample)
  const wording = failure
    ? E_SAMPLE.unreadable(target.dialectName, sample.file, `${failure.class}: ${failure.message}`, hint)
    : E_SAMPLE.noText(sample.file, hint)
  return [{ ...wording, path: place, mark: 'key' }]
}

function textHint(dialect: string | null, sample: ReplySample): string | undefined {
  const [first] = dialect === 'generic' ? textsIn(sample.body) : []
  return (
    first && `there is text at ${first.path}: response: { ${first.streamed ? 'delta' : 'text'}: ${JSON.stringify(first.path)} }`
  )
}

const FORMS = { json: 'one JSON document', sse: 'server-sent events', ndjson: 'lines of JSON', text: 'plain text' } as const
const MARKS = { found: '✓', missing: '✗', open: '–' } as const
const MAX_VALUE = 120

/** Returns lines for people that say what was found in the sample reply of a target. Untrusted text is escaped. */
export function sampleLines(reading: TargetReading, sample: ReplySample, file: string): string[] {
  const { target, checks, leftOut, understood } = reading
  const speaks = understood ? `${target.dialectName} over ${target.protocol}` : `${target.protocol}, a request step`
  const rows = checks.map(({ place, written, state, said, hint }) => ({
    mark: MARKS[state],
    place: relativeTo(reading.place, place),
    written,
    said: hint === undefined ? said : `${said}; ${hint}`,
  }))
  const width = (key: 'place' | 'written') => Math.min(48, Math.max(0, ...rows.map((row) => safe(row[key]).length)))
  const [places, paths] = [width('place'), width('written')]
  return [
    `${safe(sample.file)} (${FORMS[sample.form]}) as a reply to ${safe(file)}, ${safe(target.name)} (${speaks})`,
    ...rows.map(
      (row) => `  ${row.mark} ${safe(row.place).padEnd(places)}  ${safe(row.written).padEnd(paths)}  ${safe(row.said)}`,
    ),
    ...understoodLines(reading),
    ...(leftOut.length === 0 ? [] : [`  not looked at: ${safe(leftOut.join(', '))} (--step NAME looks at one)`]),
  ]
}

function understoodLines({ exchange, understood, isError }: TargetReading): string[] {
  if (!understood) return []
  const { text, reasoning, finishReason, usage, frames, warnings, failure } = exchange
  const outcome = isError ? 'an error that the target reports' : exchange.outcome === 'ok' ? 'a good reply' : 'a failure'
  const rows: [string, string | undefined][] = [
    ['reads as', failure ? `${outcome}: ${failure.class}: ${failure.message}` : outcome],
    ['text', text === '' ? '(none)' : shorten(text)],
    ['reasoning', reasoning === '' ? undefined : shorten(reasoning)],
    ['tokens', usage ? `${usage.inputTokens ?? '?'} in, ${usage.outputTokens ?? '?'} out (${usage.source})` : 'unknown'],
    ['finish', finishReason ?? 'unknown'],
    ['frames', frames > 1 ? String(frames) : undefined],
    ['warnings', warnings.length === 0 ? undefined : warnings.join(', ')],
  ]
  return rows.flatMap(([label, value]) => (value === undefined ? [] : [`  ${label.padEnd(10)}${safe(value)}`]))
}

const shorten = (text: string) => clip(JSON.stringify(text))
const safe = (text: string) => terminalSafe(text.replace(/\s+/g, ' '), { maxLength: MAX_VALUE })

/** Returns a path in the scenario as text, relative to the target's block when it lies inside it. */
function relativeTo(base: Path, place: Path): string {
  const within = base.every((step, index) => place[index] === step)
  return pathText(within ? place.slice(base.length) : place)
}

/** Returns what was found in the sample reply of a target as plain data, for `--format json`. */
export function sampleJson(reading: TargetReading, file: string) {
  const { exchange, target, checks, isError, leftOut } = reading
  return {
    file,
    target: target.name,
    dialect: target.dialectName,
    protocol: target.protocol,
    outcome: isError ? 'error reply' : (exchange.outcome ?? 'failed'),
    failure: exchange.failure ?? null,
    text: exchange.text,
    finishReason: exchange.finishReason ?? null,
    usage: exchange.usage ?? null,
    warnings: exchange.warnings,
    paths: checks.map(({ place, ...check }) => ({ place: pathText(place), ...check })),
    leftOut,
  }
}
