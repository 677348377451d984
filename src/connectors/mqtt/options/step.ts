import * as z from 'zod'
import { base64Schema, lateObject, whole } from '../../../fields.ts'
import { fieldPath, qosSchema, stepFilter, stepTopic } from './options.ts'

const payload = z.union([
  z.string().describe('Text'),
  lateObject(() => ({ text: z.string().describe('Text, sent as UTF-8') })),
  lateObject(() => ({ json: z.json().describe('Any value, sent as JSON') })),
  lateObject(() => ({ base64: base64Schema().describe('Bytes in base64') })),
])

const expected = lateObject(() => ({
  topic: stepFilter().optional().describe('Topic filter'),
  path: fieldPath().optional().describe('Field of the JSON payload to compare'),
  equals: z
    .union([z.string(), z.number(), z.boolean()])
    .optional()
    .describe('Value of that field; without path: the whole payload as text'),
})).refine((e) => e.path === undefined || e.equals !== undefined, 'path needs equals')

const publish = lateObject(() => ({
  publish: z
    .strictObject({
      topic: stepTopic().optional().describe('Topic; left out: mqtt.topic'),
      payload: payload.default('').describe('Text, or { json }, { text }, { base64 }'),
      qos: qosSchema().optional().describe('QoS; left out: mqtt.qos'),
      retain: z.boolean().optional().describe('Whether the broker keeps the message; left out: mqtt.retain'),
      copies: whole(1, 10_000)
        .optional()
        .describe(
          'Send it this many times at once, as one attempt, which is complete when all are acknowledged; never more in flight than the broker takes (receive maximum)',
        ),
      dup: z.boolean().default(false).describe('Mark it as sent again (DUP flag; QoS 1 and 2)'),
      contentType: z.string().optional().describe('Content type of the payload, such as application/json (version 5)'),
      payloadFormat: z
        .enum(['bytes', 'text'])
        .optional()
        .describe('Payload format indicator: text declares the payload as UTF-8 (version 5)'),
      userProperties: z
        .record(z.string(), z.string())
        .optional()
        .describe('User properties (version 5), beside the headers of the target'),
    })
    .describe('Publish one message'),
  await: z
    .union([
      z.enum(['ack', 'reply', 'echo']),
      z.strictObject({ message: expected.describe('The first message that fits, on a topic this user is subscribed to') }),
    ])
    .default('ack')
    .describe('ack: the broker acknowledged it; reply: as mqtt.reply says; echo: it came back (end-to-end latency)'),
})).refine((step) => step.publish.copies === undefined || step.await === 'ack', {
  path: ['publish', 'copies'],
  message: 'copies are complete when they are acknowledged: await: ack',
})

const subscribe = lateObject(() => ({
  subscribe: z
    .strictObject({
      topic: stepFilter().describe('Topic filter'),
      qos: qosSchema().optional().describe('QoS; left out: mqtt.qos'),
    })
    .describe('Subscribe to one more topic'),
}))

const unsubscribe = lateObject(() => ({
  unsubscribe: z
    .strictObject({ topic: stepFilter().describe('Topic filter, as it was subscribed to') })
    .describe('End a subscription'),
}))

const expectMessage = lateObject(() => ({
  expectMessage: expected.describe('Wait for a message; unread ones that came since the last step count too'),
}))

const disconnect = lateObject(() => ({
  disconnect: z
    .enum(['clean', 'abrupt'])
    .describe(
      'clean: send a DISCONNECT; abrupt: reset the socket, so that the broker publishes the will. The next step connects again',
    ),
}))

/** The schema of the `request:` block of a step over MQTT. */
export const mqttStep = z.union([publish, subscribe, unsubscribe, expectMessage, disconnect])

/** The `request:` block of a step over MQTT, after validation. */
export type MqttStep = z.infer<typeof mqttStep>
/** The `publish:` block of a step over MQTT: the message to publish, and what to wait for. */
export type MqttPublish = z.infer<typeof publish>['publish']
/**
 * The MQTT message for which a step waits: its topic filter, and the value that its payload, or a field of it, must have. What is left out is not
 * tested.
 */
export type Expected = z.infer<typeof expected>
