/** The service behind the broker that takes GraphQL mutations, as that of Stream Testbench does: each is acknowledged on a topic for all. */
import * as z from 'zod'
import { jsonIn } from '../../text/json.ts'

/** Where mutations go, and where they are acknowledged. */
export const MUTATION_TOPIC = 'graphql/mutation'
export const ACKNOWLEDGEMENT_TOPIC = 'response/acknowledgement'

const mutation = z.looseObject({ query: z.string(), uuids: z.array(z.string()), serviceName: z.string().default('') })

/** What a message is acknowledged with; undefined when it is no mutation. `error` takes the place of the state of the task. */
export function acknowledgementOf(payload: string, k: number, error?: object): object | undefined {
  const asked = mutation.safeParse(jsonIn(payload)).data
  if (asked === undefined) return undefined
  const { uuids, serviceName } = asked
  return { task_id: `task-mock-${k}`, ...(error ?? { status: 'PENDING' }), uuids, serviceName }
}
