import type { Exchange } from '../../../exchange.ts'
import { fieldOf } from '../options/field.ts'
import type { MqttOptions } from '../options/options.ts'
import type { MessageProperties } from '../wire/properties.ts'
import type { Match } from './match.ts'

/** The largest number of warnings that an idle user collects, so that its memory stays small whatever the broker sends. */
const MOST_WARNINGS = 1000

/** The largest number of ids of answered requests that are remembered. */
const MOST_IDS = 1000

/** The largest number of messages that are kept; the oldest are dropped. */
const MOST_MESSAGES = 100

const NO_WARNINGS: readonly string[] = []

/** Keeps the MQTT messages that came for a user while no step was waiting for them, and makes the warnings about such messages. */
export class Inbox {
  /** Ids of requests that were answered lately, to recognise an answer that the broker delivers twice. */
  private readonly ids = new Set<string>()
  /** The path of the field in the payload that holds the id of a message; undefined when messages carry their id elsewhere or have none. */
  private readonly idPath: readonly string[] | undefined
  private readonly byProperty: boolean
  /** The latest messages, for an `expectMessage` step that comes after them. */
  private readonly unread: Parameters<Match>[] = []
  /** Warnings that came while no exchange was in progress; the next one gets them. */
  private readonly warnings: string[] = []

  constructor({ reply, idPath }: MqttOptions) {
    this.byProperty = reply?.correlation === 'property'
    this.idPath = typeof reply?.correlation === 'object' ? reply.correlation.receive : idPath
  }

  /** Keeps a message for a later step. A repeated answer is not kept: `underWay`, or else the next exchange, gets a warning. */
  keep(topic: string, payload: Buffer, properties: MessageProperties, underWay: Exchange | undefined): void {
    if (!this.isRepeated(payload, properties)) {
      this.unread.push([topic, payload, properties])
      if (this.unread.length > MOST_MESSAGES) this.unread.shift()
    } else if (underWay) underWay.warn('duplicate')
    else this.warn('duplicate')
  }

  /** Removes and returns the oldest message that matches; undefined when none does. */
  take(match: Match): Parameters<Match> | undefined {
    const index = this.unread.findIndex((message) => match(...message))
    return index < 0 ? undefined : this.unread.splice(index, 1)[0]
  }

  /** Records that the answer with this id has come, so that another delivery of it is recognised. */
  answered(id: string): void {
    this.ids.add(id)
    for (const oldest of this.ids) {
      if (this.ids.size <= MOST_IDS) return
      this.ids.delete(oldest)
    }
  }

  private isRepeated(payload: Buffer, { correlationData }: MessageProperties): boolean {
    if (this.ids.size === 0) return false
    const property = this.byProperty ? correlationData?.toString() : undefined
    const id = property ?? (this.idPath && fieldOf(payload, this.idPath))
    return id !== undefined && this.ids.has(id)
  }

  /** Keeps a warning, which is added to the next exchange. */
  warn(warning: string): void {
    if (this.warnings.length < MOST_WARNINGS) this.warnings.push(warning)
  }

  takeWarnings(): readonly string[] {
    return this.warnings.length === 0 ? NO_WARNINGS : this.warnings.splice(0)
  }
}
