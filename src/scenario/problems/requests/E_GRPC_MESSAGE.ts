import { callMisfits } from '../../lint/calls.ts'
import { rule } from '../../lint/subject.ts'

/** A gRPC message that does not fit its type. The words come from the connector. */
export const E_GRPC_MESSAGE = rule('E_GRPC_MESSAGE', (subject, report) => {
  for (const { path, mark, message, hint } of callMisfits(subject, 'body')) report(path, mark, message, hint)
})
