/** Reads a sample reply as a run would have read it, without a target. */

import { now } from '../../clock.ts'
import type { Documents, ReplyForm } from '../../dialects/reply/documents.ts'
import { createReader, plainReader } from '../../dialects/reply/reader.ts'
import { Exchange, type ReplyReader } from '../../exchange.ts'
import type { PlannedTarget } from '../../scenario/compile/plan.ts'

const CONTENT_TYPES: Readonly<Record<ReplyForm, string>> = {
  json: 'application/json',
  sse: 'text/event-stream',
  ndjson: 'application/x-ndjson',
  text: 'text/plain',
}
/** What a reply that holds an error fails with. */
const ERROR_CLASSES: readonly string[] = ['error_in_stream', 'rate_limited', 'blocked']

/** A sample file. */
export interface ReplySample extends Documents {
  readonly file: string
  readonly body: string
}

/** The reply of a message step: the target's dialect reads it. `response` is the mapping of the generic one. */
export function readAsMessage(sample: ReplySample, target: PlannedTarget, response: unknown): Exchange {
  const mapping = target.dialectName === 'generic' ? { response } : undefined
  return settle(sample, target, createReader(target.dialect, mapping, target.chat.stream))
}

/** The reply of a request step: there is nothing to understand in it. */
export function readAsRequest(sample: ReplySample, target: PlannedTarget): Exchange {
  return settle(sample, target, plainReader())
}

/** Whether the dialect took the sample for an error that the target reports. */
export function isErrorReply(exchange: Exchange): boolean {
  return ERROR_CLASSES.includes(exchange.failure?.class ?? '')
}

function settle(sample: ReplySample, { connector }: PlannedTarget, reader: ReplyReader): Exchange {
  const exchange = new Exchange(now(), reader, () => {})
  exchange.keepBody = true
  exchange.sent(0)
  if (connector.messages) for (const event of sample.events) exchange.data(Buffer.from(event))
  else {
    exchange.head(200, { 'content-type': CONTENT_TYPES[sample.form] })
    exchange.data(Buffer.from(sample.body))
  }
  exchange.done()
  return exchange
}
