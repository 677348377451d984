import { jsonIn } from '../../../text/json.ts'
import type { HttpRequest } from '../transport.ts'

/**
 * The functions with which an injected fault changes the body of an HTTP request: `drifted` changes its JSON value, `altered` its bytes. They return
 * a changed copy of the request, or undefined when there is nothing to change.
 */
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
