import { decodeReply, encodeRequest } from './messages/codec.ts'
import type { Method } from './messages/protos.ts'
import type { GrpcLink } from './wire/link.ts'
import type { CallFailure } from './wire/status.ts'

/** Thrown when a gRPC call that burn makes for itself (health or reflection) ends with a status other than OK. */
export class InvokeError extends Error {
  override name = 'InvokeError'
  readonly failure: CallFailure
  constructor(failure: CallFailure) {
    super(failure.message)
    this.failure = failure
  }
}

/**
 * What `invoke` needs for a gRPC call that burn makes for itself: the connection, the method, the request message, the deadline in ms, and the
 * metadata.
 */
export interface Invocation {
  readonly link: GrpcLink
  readonly method: Method
  readonly message: object
  readonly deadlineMs: number
  readonly metadata: Readonly<Record<string, string>>
}

/**
 * Makes a gRPC call that burn needs for itself (health or reflection), with one request message. Resolves with the reply messages as JSON.
 * @throws InvokeError when the call fails
 */
export function invoke({ link, method, message, deadlineMs, metadata }: Invocation): Promise<unknown[]> {
  const replies: unknown[] = []
  const { promise, resolve, reject } = Promise.withResolvers<unknown[]>()
  const stream = link.open(
    { path: method.path, metadata, deadlineMs },
    {
      head() {},
      message(bytes) {
        try {
          replies.push(decodeReply(method, bytes))
        } catch (error) {
          const said = error instanceof Error ? error.message : String(error)
          reject(new InvokeError({ class: 'bad_grpc', message: `a reply of ${method.path} cannot be read: ${said}` }))
          stream.cancel()
        }
      },
      end({ failure }) {
        if (failure) reject(new InvokeError(failure))
        else resolve(replies)
      },
    },
  )
  stream.send(encodeRequest(method, message), () => {})
  stream.halfClose()
  return promise
}
