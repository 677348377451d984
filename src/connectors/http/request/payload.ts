import { jsonIn } from '../../../text/json.ts'
import type { HttpRequest } from '../transport.ts'

/** The functions that change the body of an HTTP request for an injected fault. They set `content-length` to the length of the changed body. */
export const httpPayload = {
  drifted(
    request: HttpRequest,
    change: (payload: unknown) => { readonly changed: unknown } | undefined,
  ): HttpRequest | undefined {
    const json = request.body === undefined ? undefined : jsonIn(request.body.toString())
    const found = json === undefined ? undefined : change(json)
    return found && { ...request, body: Buffer.from(JSON.stringify(found.changed)) }
  },
  altered(request: HttpRequest, change: (payload: Uint8Array) => Buffer | undefined): HttpRequest | undefined {
    const changed = request.body === undefined ? undefined : change(request.body)
    return changed && { ...request, body: changed }
  },
}
