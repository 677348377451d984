/** Requests of the gRPC connector. */
import { describe, expect, onTestFinished, test } from 'vitest'
import { grpc } from '../../../../src/connectors/grpc.ts'
import { echoServer } from '../../../servers/grpc-echo.ts'
import { addressOf, trial } from '../../contract.ts'
import { closeLines, grpcLine } from '../../grpc-harness.ts'

describe('requests', () => {
  const { options, fromMessage, fromStep } = grpc
  const at = (url: string) => addressOf(url, { headers: { Authorization: 'Bearer x' } })

  test('the address, the options and the step name the method, the later ones over the earlier', () => {
    const url = 'grpc://127.0.0.1:1/a.b.First/One'
    expect(fromMessage({}, at(url), options.parse({}))).toMatchObject({ service: 'a.b.First', method: 'One' })
    expect(fromMessage({}, at(url), options.parse({ service: 'Second' }))).toMatchObject({ service: 'Second', method: 'One' })
    expect(fromStep({ service: 'Third', method: 'Three' }, at(url), options.parse({ service: 'Second' }))).toMatchObject({
      service: 'Third',
      method: 'Three',
    })
    expect(fromMessage({}, at('http://127.0.0.1:1/chat'), options.parse({}))).toMatchObject({ service: undefined })
  })

  test('headers of the target and of the step are metadata, in lower case', () => {
    const request = fromStep({ metadata: { 'X-Number': 5 } }, at('grpc://h'), options.parse({}))
    expect(request.metadata).toEqual({ authorization: 'Bearer x', 'x-number': '5' })
  })

  test.each([
    ['ws://127.0.0.1:1', {}, 'not an address of gRPC: ws://127.0.0.1:1'],
    ['grpc://h', { metadata: { 'grpc-timeout': '1S' } }, 'the metadata grpc-timeout is set by the protocol'],
    ['grpc://h', { metadata: { 'sp ace': '1' } }, 'not a metadata name: "sp ace"'],
    ['grpc://h', { metadata: { a: 'ü' } }, 'the metadata a holds more than printable ASCII'],
    ['grpc://h', { metadata: { 'a-bin': '%' } }, 'the metadata a-bin holds something that is not base64'],
    ['grpc://h', { message: {}, messages: [] }, 'give message or messages, not both'],
  ])('%s with %o cannot be sent', async (url, step, problem) => {
    expect(fromStep(step, addressOf(url), options.parse({})).problem).toContain(problem)
    const server = await echoServer()
    onTestFinished(() => server.stop())
    const { connection } = await grpcLine(server.url)
    const refused = trial()
    connection.send(fromStep(step, addressOf(url), options.parse({})), refused.exchange)
    expect(refused.exchange.failure).toMatchObject({ class: 'local_request', phase: 'send' })
    expect(server.accepted()).toBe(0)
    await closeLines()
  })

  test('a query has no place in gRPC', () => {
    expect(fromMessage({}, addressOf('grpc://h', { query: { key: 'x' } }), options.parse({})).problem).toContain('no query')
  })
})
