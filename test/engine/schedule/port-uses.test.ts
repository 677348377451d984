import { expect, test } from 'vitest'
import { portUses } from '../../../src/engine/schedule/user-limit.ts'
import { planOf } from '../../../src/scenario/compile.ts'
import { scenarioSchema } from '../../../src/scenario/schema/schema.ts'
import { wireFault } from '../../support/wire-fault.ts'

function targetsOf(...targets: readonly object[]) {
  const named = Object.fromEntries(targets.map((target, index) => [`t${index}`, target]))
  const scenario = scenarioSchema.parse({ name: 'x', targets: named, steps: [{ message: 'hi' }] })
  return planOf(scenario, { file: null, baseDir: '.', seed: 'x', secrets: [] }).targets
}
const uses = (...targets: readonly object[]) => portUses(targetsOf(...targets), 100, undefined)

test('targets at different places share the ports of this machine', () => {
  expect(uses({ url: 'http://127.0.0.1/a' }, { url: 'http://127.0.0.1:81/' })).toEqual([
    { place: '127.0.0.1:80', connections: 100, addresses: 1 },
    { place: '127.0.0.1:81', connections: 100, addresses: 1 },
  ])
})

test('targets at the same place divide them, whatever the protocol', () => {
  expect(uses({ url: 'http://127.0.0.1:81/a' }, { url: 'ws://127.0.0.1:81/b' })).toEqual([
    { place: '127.0.0.1:81', connections: 200, addresses: 1 },
  ])
})

test('what goes out from other addresses takes no ports of these', () => {
  const localAddresses = ['127.0.1.0/29']
  expect(uses({ url: 'http://127.0.0.1/a', localAddresses }, { url: 'http://127.0.0.1/b' })).toEqual([
    { place: '127.0.0.1:80', connections: 100, addresses: 6 },
    { place: '127.0.0.1:80', connections: 100, addresses: 1 },
  ])
})

test('only addresses of the family of the target count', () => {
  const localAddresses = ['127.0.0.1-127.0.0.3', '::1', '::2']
  const places = ['http://127.0.0.1/', 'http://[::1]:8080/', 'http://localhost/', 'http://{{user.id}}/']
  expect(places.map((url) => uses({ url, localAddresses })[0])).toEqual([
    { place: '127.0.0.1:80', connections: 100, addresses: 3 },
    { place: '[::1]:8080', connections: 100, addresses: 2 },
    { place: 'localhost:80', connections: 100, addresses: 3 },
    { place: 't0', connections: 100, addresses: 3 },
  ])
})

test('connections to a proxy, to a Unix socket, and through a relay', () => {
  const localAddresses = ['127.0.0.1-127.0.0.3']
  const url = 'http://127.0.0.1/'
  expect(uses({ url, localAddresses, http: { proxy: 'http://10.0.0.9:3128' } })).toMatchObject([
    { place: '10.0.0.9:3128', addresses: 3 },
  ])
  expect(uses({ url, http: { unixSocket: './s.sock' } })).toEqual([])
  expect(portUses(targetsOf({ url, localAddresses }), 1, [{ ...wireFault({ refuse: true }), target: undefined }])).toMatchObject([
    { addresses: 1 },
  ])
})
