import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { tlsConnectOptions } from '../../../src/connectors/wire/tls.ts'
import { LocalError } from '../../../src/errors.ts'

const dir = mkdtempSync(join(tmpdir(), 'burn-tls-'))
writeFileSync(join(dir, 'ca.pem'), 'CA')
afterAll(() => rmSync(dir, { recursive: true, force: true }))

test('files are read from the folder of the scenario, and what is not asked for is not set', () => {
  expect(tlsConnectOptions({}, dir)).toEqual({ rejectUnauthorized: true })
  expect(tlsConnectOptions({ ca: 'ca.pem', servername: 'h', minVersion: 'TLSv1.3', insecure: true }, dir)).toEqual({
    ca: Buffer.from('CA'),
    servername: 'h',
    minVersion: 'TLSv1.3',
    rejectUnauthorized: false,
  })
})

test('a file that is not there is told with its key', () => {
  expect(() => tlsConnectOptions({ key: 'none.pem' }, dir)).toThrow(LocalError)
  expect(() => tlsConnectOptions({ key: 'none.pem' }, dir)).toThrow('tls.key: cannot read none.pem')
})
