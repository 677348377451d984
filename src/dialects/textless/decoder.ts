import type { Exchange } from '../../exchange.ts'
import type { Decoder } from '../parts/dialect.ts'
import { documentObject, parseEvent, rejectShape } from '../parts/events.ts'
import { asArray, asObject, type JsonObject } from '../parts/json.ts'
import { isErrorRecord, rejectForError, statesFailure } from '../parts/provider-error.ts'
import { normaliseUsage } from '../parts/usage.ts'

/** Defines what a complete reply looks like for an API that generates no text: embeddings (a list of vectors) or rerank (a list of scores). */
export interface TextlessReply {
  /** The key in the reply that holds the list. */
  readonly list: string
  /** True for an entry of the list that is complete. */
  readonly isEntry: (entry: unknown) => boolean
  /** The part of the list's first entry that a reply must have, named in the error message. */
  readonly expected: string
  /** Returns the usage record of a reply, with its token counts. */
  readonly usage: (reply: JsonObject) => unknown
}

/**
 * Reads replies without generated text that are never streamed, such as embeddings. Checks that the list in the reply has entries and that each is
 * complete; records the number of entries and of input tokens.
 */
export class TextlessDecoder implements Decoder {
  private readonly form: TextlessReply

  constructor(form: TextlessReply) {
    this.form = form
  }

  event(name: string, data: string, exchange: Exchange): void {
    const json = parseEvent(name, data, exchange)
    if (json !== undefined) this.document(json, exchange)
  }

  document(json: unknown, exchange: Exchange): void {
    const reply = documentObject(json, exchange)
    if (reply === undefined) return
    const { list, isEntry, expected, usage } = this.form
    const entries = asArray(reply[list])
    if (isErrorRecord(reply) || (reply[list] === undefined && statesFailure(reply))) rejectForError(reply, exchange)
    else if (entries.length === 0 || !entries.every(isEntry)) rejectShape(expected, exchange)
    else {
      exchange.note({ items: entries.length })
      noteInputTokens(usage(reply), exchange)
    }
  }

  end(): void {
    // A document is complete when the transport says so.
  }
}

/**
 * Reads the input tokens of a reply without generated text from its usage record, and stores them on the exchange. Some servers state them only as
 * the total.
 */
function noteInputTokens(given: unknown, exchange: Exchange): void {
  const record = asObject(given)
  if (record === undefined) return
  const own = record.prompt_tokens ?? record.input_tokens ?? record.total_tokens
  // Such a reply generates no output tokens. A count that a server states, usually 0, would look like a measurement.
  const usage = normaliseUsage({ prompt_tokens: own }, {})
  if (usage !== undefined) exchange.note({ usage: { ...usage, raw: normaliseUsage(record, {})?.raw ?? null } })
}
