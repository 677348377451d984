import { expect, test } from 'vitest'
import { validateScenario } from '../../../src/scenario/validate.ts'
import { protoFile } from '../../servers/grpc-server.ts'

const ECHO = 'burn.echo.v1.EchoService'
const found = (target: object, steps: object[]) =>
  validateScenario(JSON.stringify({ name: 't', target: { url: 'grpc://127.0.0.1:1', ...target }, steps }), 'a.json', {
    env: {},
  }).problems.map(({ code, path, message }) => `${code} ${path}: ${message}`)
const local = { proto: protoFile('echo.proto'), service: ECHO, method: 'Echo' }

test.each<[string, object, string[]]>([
  ['a good message', { message: { text: 'x', number: '5', mood: 'MOOD_GOOD' } }, []],
  ['templates where text or numbers go', { message: { number: '{{iteration.index}}', mood: '{{iteration.index}}' } }, []],
  [
    'a field that is not there',
    { message: { texd: 'x' } },
    ['E_GRPC_MESSAGE steps.0.request.message.texd: the message has no such field; did you mean text?'],
  ],
  [
    'one that is inside, in the second message',
    { method: 'EchoAll', messages: [{}, { labels: { a: { b: 1 } } }] },
    ['E_GRPC_MESSAGE steps.0.request.messages.1.labels.a: {"b":1} is not a value of this field, which takes text'],
  ],
  [
    'all that is wrong at once',
    { message: { mood: 'MOOD_GOD', count: 1.5 } },
    [
      'E_GRPC_MESSAGE steps.0.request.message.mood: "MOOD_GOD" is not a value of this field; did you mean MOOD_GOOD?',
      'E_GRPC_MESSAGE steps.0.request.message.count: 1.5 is not a value of this field, which takes int32',
    ],
  ],
  [
    'a method that is not there',
    { method: 'Ecko', message: {} },
    [`E_GRPC_METHOD steps.0.request.method: the service ${ECHO} has no method Ecko; did you mean Echo?`],
  ],
])('%s', (_, request, problems) => {
  expect(found({ grpc: local }, [{ request }])).toEqual(problems)
  // the protos that burn brings need no file
  expect(found({ grpc: { service: ECHO, method: 'Echo' } }, [{ request }])).toEqual(problems)
})

test('a service that only the server knows is left alone', () => {
  expect(found({ grpc: { service: 'a.B', method: 'C' } }, [{ request: { message: { x: 1 } } }])).toEqual([])
})

test('the address names the method as well', () => {
  expect(found({ url: `grpc://127.0.0.1:1/${ECHO}/Echo` }, [{ request: { message: { x: 1 } } }])).toHaveLength(1)
})

test('the messages of a conversation', () => {
  const chat = { grpc: local, response: { text: '$.text' } }
  expect(found({ ...chat, request: { structure: {}, messagePath: '$.text' } }, [{ message: 'hi' }])).toEqual([])
  expect(found({ ...chat, request: { structure: { numbr: 1, text: '' }, messagePath: '$.text' } }, [{ message: 'hi' }])).toEqual([
    'E_GRPC_MESSAGE target.request.structure.numbr: the message has no such field; did you mean number?',
  ])
  expect(found(chat, [{ message: 'hi' }])).toEqual([
    'E_GRPC_MESSAGE target.grpc: a message of the conversation: message: the message has no such field; there is text, payload, number, mood, labels, word, count, repeat',
  ])
})
