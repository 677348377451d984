/** Which interfaces and disks count. */
import { expect, test } from 'vitest'
import { isNetwork } from '../../../src/observe/machine/catalogue.ts'

test('interfaces whose traffic passes another one as well do not count', () => {
  const names = ['eth0', 'enp3s0', 'wlan0', 'lo', 'docker0', 'veth1', 'br-1a2b', 'bond0', 'eth0.100', 'ifb0']
  expect(names.filter(isNetwork)).toEqual(['eth0', 'enp3s0', 'wlan0'])
})
