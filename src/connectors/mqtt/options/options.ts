import * as z from 'zod'
import { duration, lateObject, positiveDuration, whole } from '../../../fields.ts'
import { dnsSchema } from '../../wire/dns.ts'
import { filterProblem, topicProblem } from './topics.ts'

/** The schema of an MQTT quality of service: 0 at most once, 1 at least once, 2 exactly once. */
export const qosSchema = () => z.union([z.literal(0), z.literal(1), z.literal(2)], 'expected a QoS of 0, 1 or 2')

/** The schema of a path to a field in a JSON payload, such as `id` or `meta.id`. Its output is the list of the names in the path. */
export const fieldPath = () =>
  z
    .string()
    .regex(/^(\$\.)?[^.$[\]]+(\.[^.$[\]]+)*$/, 'expected a path of field names, such as id or meta.id')
    .transform((path) => path.replace(/^\$\./, '').split('.'))

const MARKS = '%c stands for the client id, %i for the number of the user'

const topicName = () => topicText(untemplated(topicProblem))
const topicFilter = () => topicText(untemplated(filterProblem))

const untemplated = (problemOf: (text: string) => string | undefined) => (text: string) =>
  text.includes('{{') ? `the options of a target take no templates: ${MARKS}` : problemOf(text)

/** Matches templates that always become a number, and so never put a slash into a topic. */
const NUMBERS = /\{\{\s*(?:user\.id|vu|iteration)\s*\}\}/g
const TEMPLATE = /\{\{[\s\S]*?\}\}/g

/**
 * Returns a check for texts with templates. It returns what is wrong if no value of the templates could make the text valid; the rendered text is
 * checked when it is sent.
 */
function problemWith(problemOf: (text: string) => string | undefined) {
  return (text: string) => {
    if (!text.includes('{{')) return problemOf(text)
    const known = text.replace(NUMBERS, '0')
    const problems = ['0', '', '/', '0/', '/0', '/0/', '0/0'].map((value) => problemOf(known.replace(TEMPLATE, value)))
    return problems.includes(undefined) ? undefined : problems[0]
  }
}

function topicText(problemOf: (text: string) => string | undefined) {
  return z
    .string()
    .min(1, { abort: true })
    .superRefine((text, context) => {
      const problem = problemOf(text)
      if (problem !== undefined) context.addIssue({ code: 'custom', message: `"${text}" cannot be used here: ${problem}` })
    })
}

/** The schema of a topic (to publish to) in a step, which may have templates. */
export const stepTopic = () => topicText(problemWith(topicProblem))

/** The schema of a topic filter (to subscribe to) in a step, which may have templates. */
export const stepFilter = () => topicText(problemWith(filterProblem))

/** The schema of a duration of at most `most` seconds that MQTT sends as a number of seconds. */
const seconds = (most: number) =>
  duration().refine(
    (ms) => ms % 1000 === 0 && ms <= most * 1000,
    `expected whole seconds, such as 60s, and at most ${most}s: MQTT has no smaller unit`,
  )

const subscription = z.union([
  topicFilter().transform((topic) => ({ topic, qos: undefined })),
  lateObject(() => ({
    topic: topicFilter().describe(`Topic filter; ${MARKS}`),
    qos: qosSchema().optional().describe('Highest QoS to be delivered with; left out: as mqtt.qos'),
  })),
])

const correlation = z.union([
  z.enum(['property', 'none']),
  lateObject(() => ({
    send: fieldPath().describe('Field of the payload that gets a unique id; an id that is there already is kept'),
    receive: fieldPath().describe('Field of the reply that holds the same id'),
  })),
])

const reply = lateObject(() => ({
  topic: topicFilter().describe(`Topic of the replies, subscribed to on connecting; ${MARKS}`),
  qos: qosSchema().optional().describe('Highest QoS of the replies; left out: as mqtt.qos'),
  correlation: correlation
    .default('none')
    .describe(
      'property: MQTT 5 correlation data and response topic; { send, receive }: an id in both payloads; none: the next message',
    ),
})).describe('How the reply to a message is known; without it a message is complete when the broker acknowledged it')

const will = lateObject(() => ({
  topic: topicName().describe(`Topic of the will; ${MARKS}`),
  payload: z.string().default('').describe('What the broker publishes when the connection is lost'),
  qos: qosSchema().default(0).describe('QoS of the will'),
  retain: z.boolean().default(false).describe('Whether the broker keeps it'),
})).describe('Last will, published by the broker when the connection ends without a DISCONNECT')

const reconnect = lateObject(() => ({
  attempts: whole(1, 1000).default(5).describe('How many times to try'),
  base: positiveDuration().prefault('1s').describe('Longest wait before the first try'),
  factor: z.number().min(1).max(10).default(2).describe('How much longer each further wait may be'),
  max: positiveDuration().prefault('30s').describe('Longest wait between two tries'),
  jitter: z.enum(['full', 'none']).default('full').describe('full: wait a random part of that time; none: wait all of it'),
})).describe('How a user connects again as soon as its connection is lost; left out: the next step connects, with one try')

const enhancedAuth = lateObject(() => ({
  method: z
    .string()
    .min(1)
    .describe('Name of the method; SCRAM-SHA-1, SCRAM-SHA-256 and SCRAM-SHA-512 are worked out from user name and password'),
  data: z.string().optional().describe('What CONNECT sends for another method'),
  replies: z
    .array(z.string())
    .max(20)
    .default([])
    .describe('Answers to the questions of the broker (AUTH), in turn, for another method'),
})).describe('Enhanced authentication (version 5): an exchange of AUTH packets before the broker accepts')

/** The names of options that only MQTT 5 has. */
const FIVE_ONLY = ['sessionExpiry', 'enhancedAuth', 'userProperties', 'topicAlias'] as const

/** The schema of the `mqtt:` block of a target, which has the settings for MQTT. */
export const mqttOptions = lateObject(() => ({
  version: z
    .union([z.literal(4), z.literal(5)], 'expected 4 (MQTT 3.1.1) or 5')
    .default(4)
    .describe('Protocol version: 4 is MQTT 3.1.1, 5 is MQTT 5'),
  clientId: z
    .string()
    .regex(/^[^+#/\0]{0,60}$/, 'expected at most 60 characters without + # /')
    .default('burn')
    .describe('Start of the client ids; a mark of the run and the number of the user follow, so that each is unique'),
  clean: z.boolean().default(true).describe('Start without the session of an earlier connection'),
  resend: z
    .union([z.boolean(), whole(1, 100)], 'expected true (once), false, or how many times')
    .default(false)
    .describe(
      'When the connection is lost before a publish of QoS 1 or 2 is acknowledged: connect again and, if the broker kept the session, send it again, once (true) or up to this many times; with DUP flag and the same packet id, still one attempt within ackTimeout',
    ),
  sessionExpiry: seconds(2 ** 32 - 1)
    .optional()
    .describe('How long the broker keeps the session of a lost connection (version 5)'),
  keepalive: seconds(65_535).prefault('60s').describe('Longest silence before a ping, in whole seconds; 0s: no pings'),
  topic: topicName().optional().describe(`Topic of message steps; left out: the path of the URL. ${MARKS}`),
  qos: qosSchema().default(1).describe('QoS of what is published and subscribed, unless a step says otherwise'),
  retain: z.boolean().default(false).describe('Ask the broker to keep the message for later subscribers'),
  will: will.optional(),
  subscribe: z.array(subscription).max(1000).default([]).describe('Topics that each user subscribes to on connecting'),
  reply: reply.optional(),
  idPath: fieldPath()
    .optional()
    .describe('Field of JSON payloads with the message id that `await: echo` matches; written when it is missing'),
  ackTimeout: positiveDuration().prefault('10s').describe('How long the broker may take to acknowledge; then mqtt_no_ack'),
  username: z.string().default('bearer').describe('User name that goes with a bearer token, which is sent as the password'),
  usernameHeader: z.string().default('x-api-key').describe('Header of the target (or its auth) that holds the user name'),
  passwordHeader: z.string().default('x-api-secret').describe('Header of the target (or its auth) that holds the password'),
  enhancedAuth: enhancedAuth.optional(),
  userProperties: z.record(z.string(), z.string()).optional().describe('User properties of CONNECT (version 5)'),
  topicAlias: z
    .boolean()
    .default(false)
    .describe('Send a number (alias) in place of a topic from its second publish on, if the broker accepts aliases (version 5)'),
  reconnect: reconnect.optional(),
  dns: dnsSchema.optional(),
}))
  .refine((o) => o.version === 5 || o.reply?.correlation !== 'property', {
    path: ['reply', 'correlation'],
    message: 'correlation: property needs version: 5',
  })
  .superRefine((o, context) => {
    for (const key of FIVE_ONLY)
      if (o.version === 4 && o[key]) context.addIssue({ code: 'custom', path: [key], message: `${key} needs version: 5` })
  })
  .refine((o) => !o.resend || !o.clean, {
    path: ['resend'],
    message: 'resend needs clean: false, a session that outlives its connection',
  })
  .refine((o) => !o.resend || o.version === 4 || Boolean(o.sessionExpiry), {
    path: ['resend'],
    message: 'resend needs sessionExpiry in version 5, or the session ends with its connection',
  })
  .refine((o) => o.reply?.correlation !== 'property' || !/[+#]/.test(o.reply.topic), {
    path: ['reply', 'topic'],
    message: 'a response topic has no + and no #',
  })
  .describe('MQTT 3.1.1 and 5, over TCP, TLS (mqtts:) or WebSocket (ws: with protocol: mqtt)')

/** The `mqtt:` block of a target, after validation. Durations are in ms. */
export type MqttOptions = z.infer<typeof mqttOptions>
/** A quality of service of MQTT: 0 at most once, 1 at least once, 2 exactly once. */
export type Qos = z.infer<ReturnType<typeof qosSchema>>
