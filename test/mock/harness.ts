/** Shared by the mock's tests: a mock that ends with its test, and bytes as they really arrive. */
import { connect } from 'node:net'
import { onTestFinished } from 'vitest'
import type { MockOverrides } from '../../src/mock/persona/settings.ts'
import { type Mock, startMock } from '../../src/mock/server.ts'
import { PATIENCE_MS } from '../support/patience.ts'

/** A mock without delays, unless asked for, that is closed after the test. */
export async function mockFor(settings: MockOverrides = {}): Promise<Mock> {
  const mock = await startMock({ firstTokenMs: 0, gapMs: 0, ...settings })
  onTestFinished(() => mock.close())
  return mock
}

/** POSTs JSON; `mock` are settings for this request alone. */
export function post(mock: Mock, path: string, body: object, settings?: MockOverrides): Promise<Response> {
  const own = settings === undefined ? {} : { 'x-mock': JSON.stringify(settings) }
  return fetch(mock.url + path, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...own },
    body: JSON.stringify(body),
  })
}

/** How a raw exchange went: chunks as the socket delivered them, and how the connection ended. */
export interface RawReply {
  readonly chunks: Buffer[]
  readonly end: 'end' | 'reset'
}

/** Sends one HTTP/1.0-style request over a bare socket and collects everything until the connection ends. */
export function raw(port: number, path: string, body: object, settings: MockOverrides = {}): Promise<RawReply> {
  const text = JSON.stringify(body)
  const head = `POST ${path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\nx-mock: ${JSON.stringify(settings)}\r\ncontent-length: ${Buffer.byteLength(text)}\r\n\r\n`
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    const socket = connect(port, '127.0.0.1', () => socket.write(head + text))
    socket.on('data', (chunk) => chunks.push(chunk))
    socket.on('end', () => resolve({ chunks, end: 'end' }))
    socket.on('error', (error: NodeJS.ErrnoException) =>
      error.code === 'ECONNRESET' ? resolve({ chunks, end: 'reset' }) : reject(error),
    )
  })
}

/** The pieces of a chunked HTTP body, borders as the server wrote them; the head is left out. */
export function httpChunks(bytes: Buffer): Buffer[] {
  const chunks: Buffer[] = []
  let at = bytes.indexOf('\r\n\r\n') + 4
  for (;;) {
    const eol = bytes.indexOf('\r\n', at)
    const size = Number.parseInt(bytes.subarray(at, eol).toString(), 16)
    if (!(size > 0)) return chunks
    chunks.push(bytes.subarray(eol + 2, eol + 2 + size))
    at = eol + 2 + size + 2
  }
}

/** Polls until a condition holds; fails after PATIENCE_MS. */
export async function eventually(condition: () => boolean): Promise<void> {
  const deadline = performance.now() + PATIENCE_MS
  while (!condition()) {
    if (performance.now() > deadline) throw new Error('the condition never came true')
    await new Promise((resolve) => setTimeout(resolve, 2))
  }
}
