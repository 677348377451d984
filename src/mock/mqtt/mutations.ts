/** A service behind the broker that accepts GraphQL mutations, as Stream Testbench has it: all are acknowledged on one shared topic. */
import * as z from 'zod'
import { jsonIn } from '../../text/json.ts'

/** The MQTT topic to which clients publish GraphQL mutations for the mock. */
export const MUTATION_TOPIC = 'graphql/mutation'
/** The MQTT topic on which the mock acknowledges GraphQL mutations. */
export const ACKNOWLEDGEMENT_TOPIC = 'response/acknowledgement'

const mutation = z.looseObject({ query: z.string(), uuids: z.array(z.string()), serviceName: z.string().default('') })

/**
 * Returns the mock's reply to a GraphQL mutation that a client published over MQTT; undefined when `payload` is not a mutation. `k` is the number of
 * the message. The fields of `error`, if it is given, take the place of the status PENDING.
 */
export function acknowledgementOf(payload: string, k: number, error?: object): object | undefined {
  const asked = mutation.safeParse(jsonIn(payload)).data
  if (asked === undefined) return undefined
  const { uuids, serviceName } = asked
  return { task_id: `task-mock-${k}`, ...(error ?? { status: 'PENDING' }), uuids, serviceName }
}
