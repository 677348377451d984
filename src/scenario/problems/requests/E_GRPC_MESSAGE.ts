import { callMisfits } from '../../lint/calls.ts'
import { rule } from '../../lint/subject.ts'

/** The lint rule (of `burn validate`) that reports a gRPC message whose fields do not fit its type in the .proto file. */
export const E_GRPC_MESSAGE = rule('E_GRPC_MESSAGE', (subject, report) => {
  for (const { path, mark, message, hint } of callMisfits(subject, 'body')) report(path, mark, message, hint)
})
