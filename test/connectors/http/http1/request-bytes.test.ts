/** The bytes of a request, some of which are shared. */
import { expect, test } from 'vitest'
import { requestBytes } from '../../../../src/connectors/http/http1/request-bytes.ts'
import { http } from '../../../../src/connectors/http.ts'
import { addressOf } from '../../contract.ts'

const options = http.options.parse({})

const URL_A = 'http://a.test/base?k=1'

/** A request as it is written, with its body. */
const requestText = (...parts: Parameters<typeof requestBytes>) => requestBytes(...parts).toString('latin1')

test('a request that closes the connection says so, whatever was shared before', () => {
  const address = addressOf(URL_A)
  const step = http.request.parse({})
  const request = http.fromStep(step, address, options)
  expect(requestText(request, false)).toContain('connection: keep-alive\r\n')
  expect(requestText(request, true)).toContain('connection: close\r\n')
  expect(requestText({ ...request, method: 'PUT' }, false)).toMatch(/^PUT .*content-length: 0\r\n\r\n$/s)
})
