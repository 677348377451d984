/** A server whose protos nobody has but itself: it tells them by reflection, one file for each question. */
import { createRequire } from 'node:module'
import type * as grpc from '@grpc/grpc-js'
import { loadSync, type MessageTypeDefinition } from '@grpc/proto-loader'
import { type GrpcTestServer, grpcServer, serviceOf } from './grpc-server.ts'

const descriptor = loadSync(createRequire(import.meta.url).resolve('protobufjs/google/protobuf/descriptor.proto'), {
  keepCase: true,
  enums: String,
})

function file(value: object): Buffer {
  // The file is a message type, which the table of all definitions no longer says.
  const type = descriptor['google.protobuf.FileDescriptorProto'] as MessageTypeDefinition<object, object>
  return type.serialize(value)
}

const text = { name: 'text', number: 1, type: 'TYPE_STRING', label: 'LABEL_OPTIONAL', jsonName: 'text' }
const word = file({ name: 'word.proto', package: 'hidden', syntax: 'proto3', messageType: [{ name: 'Word', field: [text] }] })
const main = file({
  name: 'main.proto',
  package: 'hidden',
  syntax: 'proto3',
  dependency: ['word.proto'],
  service: [{ name: 'Talk', method: [{ name: 'Say', inputType: '.hidden.Word', outputType: '.hidden.Word' }] }],
})

interface Question {
  readonly file_containing_symbol?: string
  readonly file_by_filename?: string
}

function answer({ file_containing_symbol: symbol, file_by_filename: name }: Question): object {
  const found = symbol === 'hidden.Talk' ? main : name === 'word.proto' ? word : undefined
  if (found) return { file_descriptor_response: { file_descriptor_proto: [found] } }
  return { error_response: { error_code: 5, error_message: `not found: ${symbol ?? name}` } }
}

const reflection: grpc.UntypedServiceImplementation = {
  ServerReflectionInfo(call: grpc.ServerDuplexStream<Question, object>) {
    call.on('data', (question: Question) => call.write(answer(question)))
    call.on('end', () => call.end())
  },
}

const talk = {
  Say: {
    path: '/hidden.Talk/Say',
    requestStream: false,
    responseStream: false,
    requestSerialize: (bytes: Buffer) => bytes,
    requestDeserialize: (bytes: Buffer) => bytes,
    responseSerialize: (bytes: Buffer) => bytes,
    responseDeserialize: (bytes: Buffer) => bytes,
  },
} as unknown as Parameters<typeof grpcServer>[0][number][0]

/** Starts it; it sends back whatever bytes it gets. */
export function reflectionServer(version: 'v1' | 'v1alpha' | undefined): Promise<GrpcTestServer> {
  const say = {
    Say: (call: grpc.ServerUnaryCall<Buffer, Buffer>, reply: grpc.sendUnaryData<Buffer>) => reply(null, call.request),
  }
  if (version === undefined) return grpcServer([[talk, say]])
  const service = serviceOf(`reflection-${version}.proto`, `grpc.reflection.${version}.ServerReflection`)
  return grpcServer([
    [talk, say],
    [service, reflection],
  ])
}
