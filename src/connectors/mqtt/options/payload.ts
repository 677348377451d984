import { jsonIn } from '../../../text/json.ts'
import type { MqttRequest } from './request.ts'

/**
 * The functions with which an injected fault changes the payload of an MQTT publish: `drifted` changes its JSON value, `altered` its bytes. They
 * return a changed copy of the request, or undefined when there is nothing to change.
 */
export const publishPayload = {
  drifted(
    request: MqttRequest,
    change: (payload: unknown) => { readonly changed: unknown } | undefined,
  ): MqttRequest | undefined {
    if (request.kind !== 'publish') return undefined
    const { body } = request
    const before = 'json' in body ? body.json : jsonIn(body.bytes.toString())
    const found = change(before)
    return found && { ...request, body: { json: found.changed, before } }
  },
  altered(request: MqttRequest, change: (payload: Uint8Array) => Buffer | undefined): MqttRequest | undefined {
    if (request.kind !== 'publish') return undefined
    const isEmpty = 'bytes' in request.body && request.body.bytes.byteLength === 0
    return isEmpty ? undefined : { ...request, alter: change }
  },
}
