import { isMap } from '../../../text/json.ts'
import type { AddressPlace } from '../../wire/connector.ts'

/** The place that an MQTT address names is a topic: the path of the address. */
export const topicPlace: AddressPlace = {
  keys: ['topic'],
  ofPath: (path) => (path === '' || path === '/' ? undefined : { topic: path.slice(1) }),
  own: ({ publish }) => (isMap(publish) ? publish : publish === undefined ? undefined : {}),
  message: 'no topic to publish to: the address has no path, and there is no mqtt.topic',
  hint: 'such as mqtt://127.0.0.1:1883/my/topic, or mqtt: { topic: my/topic } (--set target.mqtt.topic=my/topic)',
  pathProblem: (path) =>
    /\+|%(?:2b|23|00)/i.test(path)
      ? 'the path is the topic to publish to, and a topic has no +, no # and no character U+0000'
      : undefined,
  // the mock's chat, whose replies need a subscription
  mock: { preset: 'custom-mqtt', unless: ['topic', 'reply'] },
}
