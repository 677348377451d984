/** Messages that nobody waited for, and what is odd about them. */
import type { IPublishPacket } from 'mqtt'
import type { Exchange } from '../../../exchange.ts'
import type { MqttOptions } from '../options/options.ts'
import { Answered, type Match } from './match.ts'
import { Unread } from './unread.ts'

/** Warnings that an idle user gathers at most: its memory stays flat whatever the broker sends. */
const MOST_WARNINGS = 1000

export class Inbox {
  private readonly ids: Answered
  private readonly unread = new Unread()
  /** Warnings that came while nothing was under way: the next exchange bears them. */
  private readonly warnings: string[] = []

  constructor(options: MqttOptions) {
    this.ids = new Answered(options)
  }

  /** Keeps a message for a step that asks for it later, unless it is the second delivery of an answer. */
  keep(topic: string, payload: Buffer, packet: IPublishPacket, underWay: Exchange | undefined): void {
    if (!this.ids.has(payload, packet)) this.unread.keep(topic, payload, packet)
    else if (underWay) underWay.warnings.push('duplicate')
    else this.warn('duplicate')
  }

  /** Takes out the oldest message that fits. */
  take(match: Match): Parameters<Match> | undefined {
    return this.unread.take(match)
  }

  /** The answer with this id has come. */
  answered(id: string): void {
    this.ids.add(id)
  }

  /** Keeps a warning for the next exchange. */
  warn(warning: string): void {
    if (this.warnings.length < MOST_WARNINGS) this.warnings.push(warning)
  }

  takeWarnings(): string[] {
    return this.warnings.splice(0)
  }
}
