import type { IPublishPacket } from 'mqtt'
import type { Match } from './match.ts'

/** The largest number of messages that are kept. */
const KEPT = 100

/** The latest MQTT messages that no step was waiting for, kept for an `expectMessage` step that comes after them. */
export class UnreadMessages {
  private readonly messages: Parameters<Match>[] = []

  /** Keeps a message; drops the oldest when there are too many. */
  keep(topic: string, payload: Buffer, packet: IPublishPacket): void {
    this.messages.push([topic, payload, packet])
    if (this.messages.length > KEPT) this.messages.shift()
  }

  /** Removes and returns the oldest message that matches; undefined when none does. */
  take(match: Match): Parameters<Match> | undefined {
    const index = this.messages.findIndex((message) => match(...message))
    return index < 0 ? undefined : this.messages.splice(index, 1)[0]
  }
}
