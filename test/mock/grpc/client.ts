/** Calls of the mock over gRPC, with the client of a library. */
import * as grpc from '@grpc/grpc-js'
import type { ServiceDefinition } from '@grpc/proto-loader'
import { onTestFinished } from 'vitest'
import type { MockOverrides } from '../../../src/mock/persona/settings.ts'
import type { Mock } from '../../../src/mock/server.ts'
import { serviceOf } from '../../servers/grpc-server.ts'

export type Message = Record<string, unknown>

export interface Ended {
  readonly replies: Message[]
  readonly code: number
  readonly details: string
  readonly metadata: grpc.Metadata
}

/** One call with the library's own client. */
export function call(mock: Mock, definition: ServiceDefinition, method: string, messages: Message[], settings?: MockOverrides) {
  const { path, requestSerialize, responseDeserialize } = definition[method]!
  const client = new grpc.Client(`127.0.0.1:${mock.port}`, grpc.credentials.createInsecure())
  onTestFinished(() => client.close())
  const metadata = new grpc.Metadata()
  if (settings) metadata.set('x-mock', JSON.stringify(settings))
  const stream = client.makeBidiStreamRequest(path, requestSerialize, responseDeserialize, metadata)
  const replies: Message[] = []
  const done = new Promise<Ended>((resolve) => {
    stream.on('data', (reply: Message) => replies.push(reply))
    stream.on('error', () => {})
    stream.on('status', ({ code, details, metadata: trailers }: grpc.StatusObject) =>
      resolve({ replies, code, details, metadata: trailers }),
    )
  })
  for (const message of messages) stream.write(message)
  stream.end()
  return { stream, replies, done }
}

export const chat = serviceOf('chat.proto', 'burn.chat.v1.ChatService')
