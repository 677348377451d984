import { isMap } from '../../../text/json.ts'
import { encodeRequest } from '../messages/codec.ts'
import { loadedMethods, type Method, UnknownMethod } from '../messages/protos.ts'
import type { GrpcRequest } from './request.ts'

/**
 * The functions with which an injected fault changes the first message of a gRPC call: `drifted` changes its fields, `altered` its encoded bytes. A
 * field is changed only if the .proto file of the method defines it. Without that file, when burn has asked the server for the method (reflection),
 * fields can only be removed.
 */
export const callPayload = {
  drifted(
    request: GrpcRequest,
    change: (payload: unknown) => { readonly changed: unknown } | undefined,
  ): GrpcRequest | undefined {
    const [first, ...others] = request.messages
    const found = change(first)
    return found && isEncodable(request, first, found.changed) ? { ...request, messages: [found.changed, ...others] } : undefined
  },
  altered(request: GrpcRequest, change: (payload: Uint8Array) => Buffer | undefined): GrpcRequest | undefined {
    return request.messages.length === 0 ? undefined : { ...request, alter: change }
  },
}

/** True when a changed message fits its type and its encoded bytes differ from those of the unchanged message. */
function isEncodable({ service = '', method = '' }: GrpcRequest, message: unknown, changed: unknown): boolean {
  const methods = loadedMethods(service, method)
  if (methods.length === 0) return isPartOf(changed, message)
  return methods.every((known) => {
    const bytes = encoded(known, changed)
    return bytes !== undefined && encoded(known, message)?.equals(bytes) === false
  })
}

/** Returns the encoded bytes of a message; undefined when the message does not fit its type. */
function encoded(method: Method, message: unknown): Buffer | undefined {
  try {
    return encodeRequest(method, message)
  } catch (error) {
    if (error instanceof UnknownMethod) return undefined
    throw error
  }
}

function isPartOf(part: unknown, whole: unknown): boolean {
  if (Array.isArray(part) && Array.isArray(whole)) return part.every((entry) => whole.some((other) => isPartOf(entry, other)))
  if (!isMap(part) || !isMap(whole)) return part === whole
  return Object.entries(part).every(([name, value]) => Object.hasOwn(whole, name) && isPartOf(value, whole[name]))
}
