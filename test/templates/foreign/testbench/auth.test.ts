import { expect, test } from 'vitest'
import { ForeignFields } from '../../../../src/templates/foreign/common/fields.ts'
import { Vault } from '../../../../src/templates/foreign/common/literal.ts'
import { Notes } from '../../../../src/templates/foreign/common/notes.ts'
import { authKeys } from '../../../../src/templates/foreign/testbench/auth.ts'

function of(data: object, protocol = 'http') {
  const notes = new Notes()
  const keys = authKeys(new ForeignFields(data, notes, 'auth'), protocol, new Vault({}, notes))
  return { ...keys, errors: notes.all.filter(({ severity }) => severity === 'error').map(({ text }) => text) }
}

test.each<[object, string, object]>([
  [{}, 'http', {}],
  [{ type: 'none' }, 'http', {}],
  [{ type: 'BEARER_TOKEN', token: 'a-token' }, 'http', { auth: { type: 'bearer', token: '${env.TARGET_TOKEN}' } }],
  [
    { authType: 'basic', credentials: { username: 'ann', password: 'pw-pw-pw' } },
    'http',
    { auth: { type: 'basic', username: '${env.TARGET_USERNAME}', password: '${env.TARGET_PASSWORD}' } },
  ],
  [
    { type: 'API_KEY', api_key: 'a-key-a-key' },
    'http',
    { auth: { type: 'apiKey', name: 'x-api-key', value: '${env.TARGET_API_KEY}' } },
  ],
  [
    { type: 'API_KEY', credentials: { api_key: 'a-key-a-key', api_secret: 'a-secret-a' } },
    'mqtt',
    { auth: { type: 'headers', headers: { 'x-api-key': '${env.TARGET_API_KEY}', 'x-api-secret': '${env.TARGET_API_SECRET}' } } },
  ],
])('%j over %s', (data, protocol, target) => expect(of(data, protocol)).toEqual({ target, websocket: {}, errors: [] }))

test('over a WebSocket credentials go in the first message', () => {
  expect(of({ type: 'BEARER', token: 'a-token' }, 'websocket').websocket).toEqual({ authIn: 'message' })
  expect(of({ type: 'API_KEY', api_key: 'a-key-a-key' }, 'websocket').websocket).toMatchObject({
    authIn: 'message',
    authHeader: 'x-api-key',
  })
})

test('what is missing or unknown is an error', () => {
  expect(of({ type: 'BEARER_TOKEN' }).errors).toEqual(['auth.credentials has no token'])
  expect(of({ type: 'KERBEROS' })).toMatchObject({ target: {}, errors: ['auth.type KERBEROS is not known'] })
})
