import { callMisfits } from '../../lint/calls.ts'
import { rule } from '../../lint/subject.ts'

/** The lint rule (of `burn validate`) that reports a gRPC service or method that is not in the .proto file. */
export const E_GRPC_METHOD = rule('E_GRPC_METHOD', (subject, report) => {
  for (const { path, mark, message, hint } of callMisfits(subject, 'place')) report(path, mark, message, hint)
})
