import type { Exchange } from '../../../exchange.ts'
import type { MqttLink } from '../link/link.ts'
import type { MessageProperties } from '../wire/properties.ts'
import type { Outgoing } from './outgoing.ts'

/** A copy of a publish whose reply or acknowledgement has not come yet. */
interface OpenCopy {
  readonly made: Outgoing
  /** Packet id of a copy of QoS 1 or 2 that is not acknowledged; undefined when no acknowledgement is due. */
  packetId: number | undefined
}

/**
 * Sends the copies of a publish that the fault `duplicate` injects. Each copy has its own exchange, so that a reply to it does not count for the
 * original.
 */
export class PublishCopies {
  /** The latest publish of an exchange with an injected fault, in case that it has to be sent again. */
  private first: { readonly exchange: Exchange; readonly made: Outgoing } | undefined
  private readonly open = new Map<Exchange, OpenCopy>()

  /** Keeps the publish of an exchange, in case that the fault `duplicate` sends it again. */
  keep(exchange: Exchange, made: Outgoing): void {
    this.first = { exchange, made }
  }

  /** Publishes the message of `first` once more; cancels `copy` when that cannot be. */
  send(link: MqttLink, first: Exchange, copy: Exchange): void {
    const made = this.first?.exchange === first ? this.first.made : undefined
    const bounded = (made?.options.qos ?? 0) > 0
    if (!made || link.over || (bounded && link.unacknowledged >= link.limits.receiveMaximum)) {
      copy.cancel()
      return
    }
    const open: OpenCopy = { made, packetId: undefined }
    this.open.set(copy, open)
    copy.carried(true, link.wireFaults)
    copy.sent(made.payload.byteLength)
    link.client.publish(made.topic, made.payload, made.options, (error) => {
      if (!error && !bounded && !made.match) this.complete(copy)
    })
    if (bounded) open.packetId = link.client.getLastMessageId()
  }

  /** Handles an acknowledgement if it is for one of the copies; else returns false. `code` is its reason code. */
  acknowledged(packetId: number, code: number): boolean {
    for (const [copy, open] of this.open) {
      if (open.packetId !== packetId) continue
      open.packetId = undefined
      if (code >= 0x80) this.fail(copy, code)
      else if (!open.made.match) this.complete(copy)
      return true
    }
    return false
  }

  /** Handles a message if it answers one of the copies; else returns false. */
  answered(topic: string, payload: Buffer, properties: MessageProperties): boolean {
    for (const [copy, { made }] of this.open) {
      if (!made.match?.(topic, payload, properties)) continue
      copy.data(payload)
      this.complete(copy)
      return true
    }
    return false
  }

  /** Stops waiting for the reply or acknowledgement of a copy. */
  forget(copy: Exchange): void {
    this.open.delete(copy)
  }

  /** Stops waiting for all copies, because their connection has ended. */
  end(): void {
    for (const copy of [...this.open.keys()]) {
      this.open.delete(copy)
      copy.cancel()
    }
  }

  private complete(copy: Exchange): void {
    this.open.delete(copy)
    copy.finish()
  }

  private fail(copy: Exchange, code: number): void {
    this.open.delete(copy)
    copy.statusLast(code)
    copy.fail('mqtt_refused', 'headers', `the broker refused a copy with code ${code}`)
  }
}
