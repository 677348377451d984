/** Reads a sample reply as a run would, without a target. */

import { readFileSync, statSync } from 'node:fs'
import { now } from '../../clock.ts'
import { type Documents, documentsOf, type ReplyForm } from '../../dialects/reply/documents.ts'
import { createReader, plainReader } from '../../dialects/reply/reader.ts'
import { readErrorText, UsageError } from '../../errors.ts'
import { Exchange, MAX_REPLY_BYTES, type ReplyReader } from '../../exchange.ts'
import type { PlannedTarget } from '../../scenario/compile/plan.ts'

const CONTENT_TYPES: Readonly<Record<ReplyForm, string>> = {
  json: 'application/json',
  sse: 'text/event-stream',
  ndjson: 'application/x-ndjson',
  text: 'text/plain',
}
/** Failure classes of a reply in which the target reports an error. */
const ERROR_CLASSES: readonly string[] = ['error_in_stream', 'rate_limited', 'blocked']

/** A sample of a target's reply for `burn validate --sample`, read from a file, with the JSON documents in it. */
export interface ReplySample extends Documents {
  readonly file: string
  readonly body: string
}

/**
 * Reads a sample reply as if it were the reply to a message, and returns it as an exchange with text, tokens and outcome. `response` is the
 * `response:` block of the target, which says where a reply's values are.
 */
export function readAsMessage(sample: ReplySample, target: PlannedTarget, response: unknown): Exchange {
  const mapping = target.dialectName === 'generic' ? { response } : undefined
  return settle(sample, target, createReader(target.dialect, mapping, target.chat.stream, undefined, target.chat.body))
}

/** Reads a sample reply as if it were the reply to a `request` step, which has no API format, and returns it as an exchange with its outcome. */
export function readAsRequest(sample: ReplySample, target: PlannedTarget): Exchange {
  return settle(sample, target, plainReader())
}

/** True when a sample reply reports an error, according to the target's API format. */
export function isErrorReply(exchange: Exchange): boolean {
  return ERROR_CLASSES.includes(exchange.failure?.class ?? '')
}

function settle(sample: ReplySample, { connector }: PlannedTarget, reader: ReplyReader): Exchange {
  const exchange = new Exchange(now(), reader, () => {}, { keepBody: true })
  exchange.sent(0)
  if (connector.messages) for (const event of sample.events) exchange.data(Buffer.from(event))
  else {
    exchange.head(200, { 'content-type': CONTENT_TYPES[sample.form] })
    exchange.data(Buffer.from(sample.body))
  }
  exchange.done()
  return exchange
}

/** Reads a sample reply from a file. @throws UsageError when the file cannot be read, is empty or is too large */
export function readSample(file: string): ReplySample {
  try {
    if (statSync(file).size > MAX_REPLY_BYTES) throw new UsageError(`--sample ${file}: larger than ${MAX_REPLY_BYTES} bytes`)
    const body = readFileSync(file, 'utf8').replace(/^\ufeff/, '')
    if (body.trim() === '') throw new UsageError(`--sample ${file}: the file is empty`)
    return { file, body, ...documentsOf(body) }
  } catch (error) {
    if (error instanceof UsageError) throw error
    throw new UsageError(`--sample ${file}: ${readErrorText(error)}`, undefined, { cause: error })
  }
}
