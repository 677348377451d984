/** Calls of burn's own, beside those of the scenario: reflection and health. */
import type * as Grpc from '@grpc/grpc-js'
import type { Link } from './link.ts'
import type { Method } from './protos.ts'
import { type CallFailure, failureOf } from './status.ts'

/** A call of burn's own that did not end with status OK. */
export class InvokeError extends Error {
  override name = 'InvokeError'
  readonly failure: CallFailure
  constructor(failure: CallFailure) {
    super(failure.message)
    this.failure = failure
  }
}

/** What a call of burn's own needs. */
export interface Invocation {
  readonly grpc: typeof Grpc
  readonly link: Link
  readonly method: Method
  readonly message: object
  readonly deadline: Date
  readonly metadata: Grpc.Metadata
}

/** Sends one message and collects the replies. @throws InvokeError */
export function invoke({ link, method, message, deadline, metadata }: Invocation): Promise<object[]> {
  const replies: object[] = []
  const { promise, resolve, reject } = Promise.withResolvers<object[]>()
  const call = link.call(method.path, deadline)
  call.start(metadata, {
    onReceiveMetadata() {},
    onReceiveMessage(bytes: Buffer) {
      replies.push(method.responseDeserialize(bytes))
      call.startRead()
    },
    onReceiveStatus(status) {
      const failure = failureOf(status)
      if (failure) reject(new InvokeError(failure))
      else resolve(replies)
    },
  })
  call.startRead()
  call.sendMessageWithContext({}, method.requestSerialize(message))
  call.halfClose()
  return promise
}
