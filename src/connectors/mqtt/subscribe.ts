import type { IClientSubscribeOptions } from 'mqtt'
import type { Failure } from '../../exchange.ts'
import type { Link } from './link.ts'
import { refusal } from './link.ts'
import type { Qos } from './options.ts'

/** What became of a subscription. */
export interface Subscribed {
  readonly failure?: Failure
  /** The broker granted a lower QoS than was asked for. */
  readonly lowered: boolean
}

/** Sends one SUBSCRIBE and waits for its SUBACK, or for the end of the link. Never rejects. */
export function subscribe(
  link: Link,
  wanted: Readonly<Record<string, { qos: Qos }>>,
  phase: Failure['phase'],
): Promise<Subscribed> {
  return new Promise((resolve) => {
    const given: Record<string, IClientSubscribeOptions> = Object.fromEntries(
      Object.entries(wanted).map(([topic, { qos }]) => [topic, { qos, nl: false, rap: false, rh: 0 }]),
    )
    link.client.subscribe(given, (error, _granted, packet) => {
      const codes = (packet?.granted ?? []).map(Number)
      const refused = codes.find((code) => code >= 0x80)
      if (refused !== undefined) resolve({ failure: refusal(refused, phase, packet?.properties?.reasonString), lowered: false })
      else if (error) resolve({ failure: link.failure ?? { class: 'bad_mqtt', phase, message: error.message }, lowered: false })
      else resolve({ lowered: Object.values(wanted).some(({ qos }, index) => (codes[index] ?? 0) < qos) })
    })
  })
}
