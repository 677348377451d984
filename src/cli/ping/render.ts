import { terminalSafe } from '../../text/escape.ts'
import type { PingedExchange, Stages } from './exchange-view.ts'

/** The longest body that is shown without --raw, in characters. */
const MAX_BODY = 2000
const STAGES: readonly (readonly [keyof Stages, string])[] = [
  ['dns', 'dns'],
  ['connect', 'connect'],
  ['tls', 'tls'],
  ['handshake', 'handshake'],
  ['sent', 'prepared'],
  ['firstByte', 'first byte'],
  ['firstToken', 'first token'],
  ['lastToken', 'last token'],
  ['end', 'end'],
]
const CONNECTING = new Set<keyof Stages>(['dns', 'connect', 'tls', 'handshake'])

const milliseconds = (ms: number | null) => (ms === null ? '–' : `${ms < 100 ? ms.toFixed(1) : Math.round(ms)}ms`)
const indent = (text: string) =>
  text
    .split('\n')
    .map((line) => `  ${line}`.trimEnd())
    .join('\n')

/** Formats a request and its reply for a terminal. All text from the target is escaped. Bodies are cut after 2,000 characters unless `raw` is set. */
export function renderExchange(view: PingedExchange, raw: boolean): string {
  const sections = [
    headLine(view),
    ...failureLines(view),
    '',
    stageTable(view.stages),
    ...requestLines(view),
    ...replyLines(view, raw),
    ...understoodLines(view),
    ...strayLines(view),
    ...view.checks.map(
      ({ check, passed, observed }) =>
        `${passed ? '✓' : '✗'} ${terminalSafe(check)}${passed ? '' : ` (${terminalSafe(observed)})`}`,
    ),
    ...emptyLines(view),
    ...suggestionLines(view),
  ]
  return `${sections.join('\n')}\n`
}

function headLine({ outcome, target, step, protocol, dialect, provesNothing }: PingedExchange): string {
  const speaks = dialect === null ? protocol : `${dialect} over ${protocol}`
  return `${provesNothing ? 'NO TEXT' : outcome.toUpperCase()}  ${target}, step ${step} (${speaks})`
}

function failureLines({ failure }: PingedExchange): string[] {
  if (!failure) return []
  const hint = failure.hint === '' ? [] : [`  hint: ${failure.hint}`]
  return [`  ${failure.class} in phase ${failure.phase}: ${terminalSafe(failure.message, { maxLength: 500 })}`, ...hint]
}

/** Formats the stages of a request as a table: first the durations of connecting and of burn's own work, then the time of each later stage. */
function stageTable(stages: Stages): string {
  let before = 0
  const rows = STAGES.map(([key, label]) => {
    const ms = stages[key]
    if (CONNECTING.has(key) || ms === null) return `  ${label.padEnd(12)}${milliseconds(ms).padStart(9)}`
    const step = Math.max(0, ms - (key === 'sent' ? connectingMs(stages) : before))
    before = ms
    return `  ${label.padEnd(12)}${milliseconds(step).padStart(9)}   at ${milliseconds(ms)}`
  })
  return rows.join('\n')
}

/** Returns how long connecting took, in ms. The rest of the time before the request was sent is burn's own work. */
function connectingMs({ dns, connect, tls, handshake }: Stages): number {
  return [dns, connect, tls, handshake].reduce<number>((sum, ms) => sum + (ms ?? 0), 0)
}

function requestLines({ request }: PingedExchange): string[] {
  if (!request) return []
  const { method, url, headers, body, ...rest } = request
  const first = [method, url].filter((part) => part !== undefined).map(String)
  return [
    '',
    `request${first.length > 0 ? `  ${terminalSafe(first.join(' '))}` : ''}`,
    ...headerLines(headers),
    ...Object.entries(rest).map(([key, value]) => `  ${key}: ${terminalSafe(JSON.stringify(value) ?? String(value))}`),
    ...(body === undefined || body === '' ? [] : ['', indent(bodyText(body, false))]),
  ]
}

function headerLines(headers: unknown): string[] {
  if (typeof headers !== 'object' || headers === null) return []
  return Object.entries(headers).map(([name, value]) => `  ${terminalSafe(name)}: ${terminalSafe(String(value))}`)
}

function replyLines({ reply }: PingedExchange, raw: boolean): string[] {
  if (reply.status === null && reply.bytes === 0) return []
  const body = reply.body === '' ? [] : ['', indent(bodyText(reply.body, raw))]
  return ['', `reply  ${reply.status ?? ''} ${reply.bytes} bytes`.replace(/ {2,}/g, '  '), ...headerLines(reply.headers), ...body]
}

function bodyText(body: unknown, raw: boolean): string {
  const text = terminalSafe(typeof body === 'string' ? body : (JSON.stringify(body, null, 2) ?? String(body)))
  if (raw || text.length <= MAX_BODY) return text.trimEnd()
  return `${text.slice(0, MAX_BODY)}…\n(${text.length - MAX_BODY} more characters: --raw shows them)`
}

function understoodLines({ understood, reply }: PingedExchange): string[] {
  if (reply.status === null && reply.bytes === 0) return []
  const { text, reasoning, toolArguments, finishReason, usage, frames, warnings } = understood
  const rows: [string, string | null][] = [
    ['text', text === '' ? '(none)' : bodyText(text, false)],
    ['reasoning', reasoning === '' ? null : bodyText(reasoning, false)],
    ['tool call', toolArguments === '' ? null : bodyText(toolArguments, false)],
    ['finish', finishReason],
    ['frames', frames === 0 ? null : String(frames)],
    ['tokens', usage && `${usage.inputTokens ?? '?'} in, ${usage.outputTokens ?? '?'} out (${usage.source})`],
    ['warnings', warnings.length === 0 ? null : warnings.join(', ')],
  ]
  return ['', 'understood', ...rows.flatMap(([label, value]) => (value === null ? [] : [row(label, value)]))]
}

function strayLines({ strayMessages: count }: PingedExchange): string[] {
  if (count === 0) return []
  return [
    '',
    `${count} more ${count === 1 ? 'frame' : 'frames'} came after the reply was complete: in a run they pass for the next reply.`,
    '  say which message ends a reply: target.response.end, for request steps websocket.reply.until; or ids: websocket.reply.match',
  ]
}

function row(label: string, value: string): string {
  return `  ${label.padEnd(11)}${value.replaceAll('\n', `\n${' '.repeat(13)}`)}`
}

function emptyLines({ emptyText }: PingedExchange): string[] {
  if (emptyText === null) return []
  return ['', `the text of the reply, at ${terminalSafe(emptyText)}, is empty: look at maxTokens and the prompt`]
}

function suggestionLines({ texts, dialect }: PingedExchange): string[] {
  const [first] = texts
  if (!first) return []
  const width = Math.max(...texts.map(({ path }) => path.length))
  return [
    '',
    'no text was found; the reply has these:',
    ...texts.map(({ path, sample }) => `  ${terminalSafe(path).padEnd(width)}  ${terminalSafe(JSON.stringify(sample))}`),
    `  in the target: ${dialect === 'generic' ? '' : 'dialect: generic, '}response: { ${first.streamed ? 'delta' : 'text'}: ${JSON.stringify(first.path)} }`,
  ]
}
