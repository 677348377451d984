import { isMap } from '../../../text/json.ts'
import type { GrpcRequest } from './request.ts'

/**
 * What injected faults change in a gRPC call: its first message. The encoding has no place for a member or a type that the .proto file does
 * not have, so that members can only be taken away.
 */
export const callPayload = {
  drifted(
    request: GrpcRequest,
    change: (payload: unknown) => { readonly changed: unknown } | undefined,
  ): GrpcRequest | undefined {
    const [first, ...others] = request.messages
    const found = change(first)
    return found && isPartOf(found.changed, first) ? { ...request, messages: [found.changed, ...others] } : undefined
  },
  altered(request: GrpcRequest, change: (payload: Uint8Array) => Buffer | undefined): GrpcRequest | undefined {
    return request.messages.length === 0 ? undefined : { ...request, alter: change }
  },
}

function isPartOf(part: unknown, whole: unknown): boolean {
  if (Array.isArray(part) && Array.isArray(whole)) return part.every((entry) => whole.some((other) => isPartOf(entry, other)))
  if (!isMap(part) || !isMap(whole)) return part === whole
  return Object.entries(part).every(([name, value]) => Object.hasOwn(whole, name) && isPartOf(value, whole[name]))
}
