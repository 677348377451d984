/** Which addresses this machine does not have. */
import { expect, test, vi } from 'vitest'
import { missingAddresses } from '../../../../src/connectors/wire/local/missing.ts'

/** Below the ports that the system hands out by itself. */
const RANGE = { low: 20_000, high: 20_002, reserved: [] }

vi.mock('../../../../src/machine.ts', async (original) => ({ ...(await original<object>()), localPortRange: () => RANGE }))

/** An address of the loopback for this test process alone, as far as can be: other tests use other ports of it. */
const own = (last: number) => `127.${1 + (process.pid % 200)}.7.${last}`

test('asks the machine for the addresses that it does not have', async () => {
  expect(await missingAddresses(['127.0.0.1', '198.51.100.1', own(9), '203.0.113.2'])).toEqual(['198.51.100.1', '203.0.113.2'])
})
