import * as z from 'zod'
import { lateObject, positiveDuration, size, whole } from '../../../fields.ts'
import { dnsSchema } from '../../wire/dns.ts'

const serviceName = () =>
  z
    .string()
    .regex(/^[A-Za-z_]\w*(\.[A-Za-z_]\w*)*$/, 'expected the full name of a service, such as burn.chat.v1.ChatService')
    .describe('Full name of the service, its package included')

const methodName = () => z.string().regex(/^[A-Za-z_]\w*$/, 'expected the name of a method, such as SendMessage')

const keepalive = lateObject(() => ({
  every: positiveDuration().describe('Ping after this much silence'),
  timeout: positiveDuration()
    .default(20_000)
    .describe('How long the answer to a ping may take before the connection counts as lost'),
  withoutCalls: z.boolean().default(false).describe('Ping also while no call is open; many servers forbid it'),
})).describe('HTTP/2 pings that burn sends; left out: none')

/** The schema of the `grpc:` block of a target, which has the settings for gRPC. */
export const grpcOptions = lateObject(() => ({
  proto: z
    .union([z.string(), z.array(z.string()).min(1)])
    .optional()
    .describe('The .proto file or files, relative to the scenario. Left out: server reflection, and the protos that burn brings'),
  includeDirs: z.array(z.string()).default([]).describe('Folders in which imports of the .proto files are looked for'),
  reflection: z
    .boolean()
    .default(true)
    .describe('Ask the server for its protos (reflection v1, then v1alpha) when no proto file is given'),
  service: serviceName().optional(),
  method: methodName().optional().describe('Method of message steps; its descriptor says whether it streams'),
  fieldNames: z
    .enum(['proto', 'json'])
    .default('proto')
    .describe('Names of the fields of replies: proto: as in the .proto file; json: in lowerCamelCase, as grpcurl prints them'),
  channel: z
    .enum(['user', 'shared'])
    .default('user')
    .describe('user: a connection for each user; shared: all users of this process on one HTTP/2 connection'),
  deadline: positiveDuration()
    .default(120_000)
    .describe('Deadline of each call, sent to the server (default 2m); the timeouts of the target apply as well'),
  waitForReady: z
    .boolean()
    .default(false)
    .describe('Keep dialling until the connect timeout instead of failing when the target cannot be reached at once'),
  maxMessage: size()
    .default(4 * 1024 * 1024)
    .describe('Largest message to accept (default 4MiB)'),
  compression: z.enum(['none', 'gzip', 'deflate']).default('none').describe('How requests are compressed'),
  keepalive: keepalive.optional(),
  dns: dnsSchema.optional(),
})).describe('gRPC: unary calls and streams, over HTTP/2')

/** The `grpc:` block of a target, after validation. Times are in ms, sizes in bytes. */
export type GrpcOptions = z.infer<typeof grpcOptions>

/** The schema of the `request:` block of a step that makes a gRPC call. */
export const grpcStep = lateObject(() => ({
  service: serviceName().optional(),
  method: methodName().optional().describe('Method to call; left out: that of the target'),
  message: z.json().optional().describe('The request message as ProtoJSON; fields go by either name, user_id or userId'),
  messages: z.array(z.json()).max(100_000).optional().describe('The request messages of a client or bidirectional stream'),
  metadata: z
    .record(z.string(), z.union([z.string(), z.number(), z.boolean()]))
    .optional()
    .describe('Metadata of this call; names that end with -bin take base64'),
  await: z
    .union([whole(1, 1_000_000), z.literal('each')])
    .optional()
    .describe('A number: the call is complete after that many replies; each: the next message waits for the reply to the last'),
})).describe('One gRPC call')

/** The `request:` block of a step that makes a gRPC call, after validation. */
export type GrpcStep = z.infer<typeof grpcStep>
