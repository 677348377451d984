import { expect, test } from 'vitest'
import { localAddressesSchema } from '../../../../src/connectors/wire/local/addresses.ts'

const read = (...texts: string[]) => localAddressesSchema.safeParse(texts)

test.each<[string, string[]]>([
  ['127.0.0.1', ['127.0.0.1']],
  ['127.0.0.254-127.0.1.1', ['127.0.0.254', '127.0.0.255', '127.0.1.0', '127.0.1.1']],
  [' 10.0.0.1 .. 10.0.0.2 ', ['10.0.0.1', '10.0.0.2']],
  ['10.0.0.7/29', ['10.0.0.1', '10.0.0.2', '10.0.0.3', '10.0.0.4', '10.0.0.5', '10.0.0.6']],
  ['10.0.0.4/31', ['10.0.0.4', '10.0.0.5']],
  ['10.0.0.4/32', ['10.0.0.4']],
  ['223.255.255.255', ['223.255.255.255']],
  ['FD00:0::ffff-fd00::1:0', ['fd00::ffff', 'fd00::1:0']],
  ['::ffff:127.0.0.1', ['::ffff:7f00:1']],
  ['fd00::5/126', ['fd00::4', 'fd00::5', 'fd00::6', 'fd00::7']],
])('%s', (text, addresses) => expect(read(text).data).toEqual(addresses))

test('each address once, in the order of the list', () => {
  expect(read('10.0.0.3', '10.0.0.1-10.0.0.3', '::1').data).toEqual(['10.0.0.3', '10.0.0.1', '10.0.0.2', '::1'])
})

test.each([
  ['127.0.0.300', /expected an IP address.*got "127.0.0.300"/],
  ['localhost', /expected an IP address/],
  ['fe80::1%eth0', /expected an IP address/],
  ['10.0.0.1-', /expected an IP address/],
  ['10.0.0.1-::1', /expected an IP address/],
  ['10.0.0.0/33', /expected an IP address/],
  ['10.0.0.0/-1', /expected an IP address/],
  ['::1/129', /expected an IP address/],
  ['0.0.0.0', /no connection goes out from no address.*got "0.0.0.0"/],
  ['::', /no connection goes out from no address/],
  ['223.255.255.255-224.0.0.1', /no connection goes out from a multicast address/],
  ['ff02::1', /no connection goes out from a multicast address/],
  ['255.255.255.255', /no connection goes out from the broadcast address/],
  ['10.0.0.9-10.0.0.1', /did you mean "10.0.0.1-10.0.0.9"/],
  ['10.0.0.0/8', /^16777214 addresses: at most 4096/],
  ['::/0', /^340282366920938463463374607431768211456 addresses/],
])('refuses %s at its place', (text, message) => {
  const issues = read('10.0.0.1', text).error?.issues
  expect(issues).toMatchObject([{ path: [1], message: expect.stringMatching(message) }])
})

test('refuses an empty list, and more addresses than are used', () => {
  expect(read().success).toBe(false)
  expect(read('10.0.0.0/20', '10.1.0.1-10.1.0.3').error?.issues).toMatchObject([
    { path: [], message: expect.stringMatching(/^4097 addresses/) },
  ])
})
