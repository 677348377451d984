/** Writes a journal entry as one line of JSON: secrets masked, size limited, and valid whatever the target sent. */
import { jsonFileText } from '../../text/escape.ts'
import { maskFields } from '../../text/secret-fields.ts'
import type { Redactor } from '../../text/secrets.ts'
import type { JournalEntry, JournalHeader } from './entry.ts'

/** The largest size of one text in an entry, in UTF-8 bytes. */
const MAX_TEXT_BYTES = 64 * 1024
/** The mark at the end of a text that was cut to 64 KiB for the journal. */
export const TRUNCATION_MARK = ' …[cut at 64 KiB]'
/** The number of characters that are kept beyond the cut until secrets are masked, so that the cut never leaves half of a secret. */
const MARGIN_CHARACTERS = 8 * 1024
/** A line with more characters is written without the provider's raw usage record, the checks, the parts of the message and the calls of tools. */
const MAX_LINE_CHARACTERS = 1024 * 1024

/** The functions with which the writer of a run's journal masks secrets. */
export type JournalRedactor = Pick<Redactor, 'redact' | 'redactValue'>

/**
 * Returns one attempt as a line of JSON for a run's journal, with secrets masked and a line feed at the end. Each text is cut to 64 KiB. A line of
 * more than 1 Mi characters is written without the checks, the parts of the message and the tool calls, and with the warning `entry_cut`.
 */
export function entryLine(entry: JournalEntry, redactor: JournalRedactor): string {
  const line = jsonLine({ ...entry, ...shortened(entry) }, redactor)
  if (line.length <= MAX_LINE_CHARACTERS) return line
  const { checks: _, parts: __, toolCalls: ___, ...rest } = entry
  const usage = entry.usage && { ...entry.usage, raw: null }
  return jsonLine({ ...rest, ...shortened(rest), usage, warnings: [...entry.warnings.slice(0, 10), 'entry_cut'] }, redactor)
}

/** Returns the first line of a run's journal, with facts about the run, as JSON, with secrets masked and a line feed at the end. */
export function headerLine(header: JournalHeader, redactor: JournalRedactor): string {
  return jsonLine(header, redactor)
}

/** Returns a value as JSON with secrets masked in all of its texts. Numbers stay as they are, even if one has the digits of a secret. */
function jsonLine(value: unknown, redactor: JournalRedactor): string {
  const line = JSON.stringify(value, (key, part: unknown) => {
    if (typeof part === 'string') return bounded(redactor.redact(maskFields(part)))
    return key === 'raw' ? redactor.redactValue(part) : part
  })
  return `${jsonFileText(line)}\n`
}

/** Cuts long texts before secrets are masked, because masking megabytes that are cut afterwards would take long. */
function shortened(entry: JournalEntry): Partial<JournalEntry> {
  const { reasoning, parts, toolCalls } = entry
  return {
    prompt: clip(entry.prompt),
    reply: clip(entry.reply),
    ...(reasoning === undefined ? {} : { reasoning: clip(reasoning) }),
    ...(parts && { parts: parts.map((part) => (part.text === undefined ? part : { ...part, text: clip(part.text) })) }),
    ...(toolCalls && { toolCalls: toolCalls.map((call) => ({ ...call, arguments: clip(call.arguments) })) }),
  }
}

function clip(text: string): string {
  const most = MAX_TEXT_BYTES + MARGIN_CHARACTERS
  return text.length > most ? text.slice(0, most) : text
}

/** Returns a text cut to `MAX_TEXT_BYTES`, with the mark after it. Lone surrogates become U+FFFD, which every JSON reader accepts. */
function bounded(text: string): string {
  const whole = text.toWellFormed()
  if (whole.length * 3 <= MAX_TEXT_BYTES) return whole
  const bytes = Buffer.from(whole)
  if (bytes.length <= MAX_TEXT_BYTES) return whole
  let end = MAX_TEXT_BYTES
  while (((bytes[end] ?? 0) & 0xc0) === 0x80) end -= 1
  return bytes.toString('utf8', 0, end) + TRUNCATION_MARK
}
