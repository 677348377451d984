/** What calls of the methods in test/servers/grpc-raw.ts come to. */

type GrpcFate = readonly [method: string, failureClass: string, phase: string, code: string | undefined]

/** Methods that fail: failure class, phase, and the code beneath it. */
export const GRPC_FATES: readonly GrpcFate[] = [
  ['garbageStatus', 'bad_grpc', 'stream', undefined],
  ['unknownStatus', 'bad_grpc', 'stream', undefined],
  ['noTrailers', 'grpc_INTERNAL', 'stream', 'closed_early'],
  ['flagWithoutEncoding', 'bad_grpc', 'stream', 'bad_encoding'],
  ['badGzip', 'bad_grpc', 'stream', 'bad_encoding'],
  ['bomb', 'grpc_RESOURCE_EXHAUSTED', 'stream', 'too_big'],
  ['okWithoutMessage', 'bad_grpc', 'stream', undefined],
  ['truncated', 'bad_grpc', 'stream', undefined],
  ['truncatedLater', 'bad_grpc', 'stream', undefined],
  ['notProto', 'bad_grpc', 'stream', undefined],
  ['oversized', 'grpc_RESOURCE_EXHAUSTED', 'stream', 'too_big'],
  ['twoReplies', 'bad_grpc', 'stream', undefined],
  ['messageThenError', 'grpc_INTERNAL', 'stream', undefined],
  ['doneThenError', 'grpc_INTERNAL', 'stream', undefined],
  ['status503', 'grpc_UNAVAILABLE', 'stream', 'http_status'],
  ['status401', 'grpc_UNAUTHENTICATED', 'stream', 'http_status'],
  ['page200', 'bad_grpc', 'stream', undefined],
  ['resetStream', 'grpc_INTERNAL', 'stream', 'reset'],
  ['resetSocket', 'grpc_UNAVAILABLE', 'headers', 'reset'],
]
