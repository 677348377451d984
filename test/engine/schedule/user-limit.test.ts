import { expect, test } from 'vitest'
import { http } from '../../../src/connectors/http.ts'
import { userLimit } from '../../../src/engine/schedule/user-limit.ts'
import { wireFault } from '../../support/wire-fault.ts'

const ROOMY = { openFiles: 1_000_000, localPorts: 60_000, memoryBytes: 64 * 2 ** 30, heapBytes: 4 * 2 ** 30 }
const each = { connector: http as never, options: { connection: 'user' }, mock: undefined }
const shared = { connector: http as never, options: { connection: 'shared', maxConnections: 20 }, mock: undefined }

test.each([
  ['a roomy machine', [each], ROOMY, { users: 10_000, by: 'default' }],
  ['nothing known', [each], { ...ROOMY, openFiles: null, localPorts: null }, { users: 10_000, by: 'default' }],
  ['open files', [each], { ...ROOMY, openFiles: 1064 }, { users: 1000, by: 'open files' }],
  ['few open files', [each], { ...ROOMY, openFiles: 100 }, { users: 50, by: 'open files' }],
  ['hardly any open files', [each], { ...ROOMY, openFiles: 1 }, { users: 1, by: 'open files' }],
  ['a connection to each of two targets', [each, each], { ...ROOMY, openFiles: 1064 }, { users: 500, by: 'open files' }],
  ['ports, of which each address has its own', [each, each], { ...ROOMY, localPorts: 1000 }, { users: 900, by: 'local ports' }],
  [
    'ports of several local addresses',
    [{ ...each, localAddresses: ['127.0.0.1', '127.0.0.2', '::1'] }],
    { ...ROOMY, localPorts: 1000 },
    { users: 1800, by: 'local ports' },
  ],
  ['a pool, which few files suffice for', [shared], { ...ROOMY, openFiles: 100 }, { users: 10_000, by: 'default' }],
  ['memory', [each], { ...ROOMY, memoryBytes: 2 ** 30 }, { users: 1872, by: 'memory' }],
] as const)('%s', (_, targets, machine, limit) => {
  expect(userLimit(targets, machine)).toEqual(limit)
})

test('a connection that a relay leads is made of three sockets', () => {
  const fault = { ...wireFault({ refuse: true }), target: 'one' }
  const limitOf = (name: string) => userLimit([{ ...each, name }], { ...ROOMY, openFiles: 1264 }, { wireFaults: [fault] }).users
  expect([limitOf('one'), limitOf('other')]).toEqual([400, 1200])
})

test('an embedded mock opens as many sockets again', () => {
  expect(userLimit([{ ...each, mock: {} as never }], { ...ROOMY, openFiles: 1064 }).users).toBe(500)
})
