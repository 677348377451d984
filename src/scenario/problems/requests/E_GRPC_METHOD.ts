import { callMisfits } from '../../lint/calls.ts'
import { rule } from '../../lint/subject.ts'

/** The lint rule (of `burn validate`) that reports a gRPC method that the service does not have. */
export const E_GRPC_METHOD = rule('E_GRPC_METHOD', (subject, report) => {
  for (const { path, mark, message, hint } of callMisfits(subject, 'place')) report(path, mark, message, hint)
})
