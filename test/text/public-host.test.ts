import { expect, test } from 'vitest'
import { isPublicAddress } from '../../src/text/public-host.ts'

test.each([
  ...[
    '127.0.0.1',
    '10.1.2.3',
    '192.168.1.1',
    '169.254.169.254',
    '100.64.0.1',
    '198.18.0.1',
    '192.0.0.9',
    '224.0.0.1',
    '255.255.255.255',
  ],
  ...['::1', '::', 'fd00::1', 'fe80::1%eth0', 'fec0::1', 'ff02::1', '::ffff:10.0.0.1', '::10.0.0.1', '::ffff:a00:1'],
  ...['64:ff9b::10.0.0.1', '64:ff9b::7f00:1', '2002:a00:1::', '2002:c0a8:0101::5'],
])('%s is none of the public internet', (address) => {
  expect(isPublicAddress(address)).toBe(false)
})

test.each([
  ...['93.184.215.14', '8.8.8.8', '100.128.0.1', '172.32.0.1', '198.20.0.1'],
  ...['2606:4700::1111', '::ffff:8.8.8.8', '64:ff9b::8.8.8.8', '2002:808:808::1', '::8.8.8.8'],
])('%s is public', (address) => {
  expect(isPublicAddress(address)).toBe(true)
})
