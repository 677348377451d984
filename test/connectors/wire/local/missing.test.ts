/** Which addresses this machine does not have. */
import { expect, test } from 'vitest'
import { missingAddresses } from '../../../../src/connectors/wire/local/missing.ts'

test('asks the machine for the addresses that it does not have', async () => {
  const missing = ['198.51.100.1', '203.0.113.2']
  expect(await missingAddresses(['127.0.0.1', ...missing.slice(0, 1), '127.77.7.9', ...missing.slice(1)])).toEqual(missing)
})
