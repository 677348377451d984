import { isMap, jsonIn } from '../../../text/json.ts'
import type { WebSocketRequest } from './request.ts'

/**
 * The functions with which an injected fault changes the content of a WebSocket message: `drifted` changes its JSON value, `altered` its bytes. They
 * return a changed copy of the request, or undefined when there is nothing to change.
 */
export const framePayload = {
  drifted(
    request: WebSocketRequest,
    change: (payload: unknown) => { readonly changed: unknown } | undefined,
  ): WebSocketRequest | undefined {
    const { content } = request
    const found = change('object' in content ? content.object : jsonIn(content.bytes.toString()))
    if (!found) return undefined
    const { changed } = found
    if ('object' in content)
      return isMap(changed) ? { ...request, content: { object: changed, before: content.object } } : undefined
    return { ...request, content: { bytes: Buffer.from(JSON.stringify(changed)) } }
  },
  altered(request: WebSocketRequest, change: (payload: Uint8Array) => Buffer | undefined): WebSocketRequest | undefined {
    const isEmpty = 'bytes' in request.content && request.content.bytes.byteLength === 0
    return isEmpty ? undefined : { ...request, alter: change }
  },
}
