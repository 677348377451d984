import { expect, test } from 'vitest'
import { mqtt } from '../../../../src/connectors/mqtt.ts'
import { addressOf } from '../../contract.ts'

const isAccepted = (base64: string) => mqtt.request.safeParse({ publish: { topic: 'a', payload: { base64 } } }).success

test('a payload in Base64 is Base64, or has a template in it', () => {
  for (const text of ['', 'AGFi', 'AGE=', 'AA==', '{{payload}}']) expect([text, isAccepted(text)]).toEqual([text, true])
  for (const text of ['%%', 'aGVsbG8*', 'AGF', 'A===']) expect([text, isAccepted(text)]).toEqual([text, false])
})

test.each(['subscribe', 'unsubscribe', 'expectMessage'])(
  'the topic of %s is one that the standard allows, or has a template in it',
  (key) => {
    const accepts = (topic: string) => mqtt.request.safeParse({ [key]: { topic } }).success
    for (const topic of [
      'a',
      '#',
      '+',
      'a/+/b/#',
      '$share/name/a',
      '$share/{{b}}',
      '{{user.id}}/{{b}}/#',
      'a{{b}}#',
      '{{b}}+{{b}}',
    ])
      expect([topic, accepts(topic)]).toEqual([topic, true])
    for (const topic of [
      '',
      '#a',
      'a#',
      '#/a',
      'a+',
      '+a/b',
      'a\0b',
      '$share/name',
      '{{user.id}}/#a',
      'a{{user.id}}#',
      'a/#/{{vu}}',
      '{{b}}/a+',
    ])
      expect([topic, accepts(topic)]).toEqual([topic, false])
  },
)

test('a topic to publish to is one, whatever its templates become', () => {
  const accepts = (topic: string) => mqtt.request.safeParse({ publish: { topic } }).success
  for (const topic of ['a', '{{b}}', 'a/{{user.id}}/%i']) expect([topic, accepts(topic)]).toEqual([topic, true])
  for (const topic of ['', 'a/{{user.id}}/+', '{{b}}#']) expect([topic, accepts(topic)]).toEqual([topic, false])
})

test.each(['topic', 'subscribe'])('%s of a target takes no templates', (key) => {
  const text = 'a/{{user.id}}'
  expect(mqtt.options.safeParse({ [key]: key === 'topic' ? text : [text] }).error?.message).toContain('take no templates')
})

test.each(['keepalive', 'sessionExpiry'])('%s is in whole seconds, as MQTT sends it, and no more than it can say', (key) => {
  const accepts = (value: string) => mqtt.options.safeParse({ version: 5, [key]: value }).success
  expect(['0s', '1s', '1m30s', '65535s'].map(accepts)).toEqual([true, true, true, true])
  expect(['1ms', '1500ms', '4294967296s'].map(accepts)).toEqual([false, false, false])
})

test('what a template has put into an address is part of the topic', () => {
  const at = (url: string) => mqtt.fromMessage('x', addressOf(url), mqtt.options.parse({}))
  expect(at('mqtt://127.0.0.1/u/a?b=1')).toMatchObject({ kind: 'publish', topic: 'u/a?b=1' })
  expect(at('mqtt://127.0.0.1/u/a#b')).toMatchObject({ problem: expect.stringContaining('"u/a#b" is not a topic to publish to') })
})
