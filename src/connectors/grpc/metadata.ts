/** Metadata between the library's form and plain text. */
import type * as Grpc from '@grpc/grpc-js'
import type { GrpcRequest } from './request.ts'

/** Metadata of a request, which was found to be good. */
export function metadataOf(grpc: typeof Grpc, request: GrpcRequest): Grpc.Metadata {
  const metadata = new grpc.Metadata()
  for (const [name, value] of Object.entries(request.metadata))
    metadata.set(name, name.endsWith('-bin') ? Buffer.from(value, 'base64') : value)
  return metadata
}

/** Metadata as headers: repeated names joined with ", ", binary values as base64. */
export function headersOf(metadata: Grpc.Metadata): Record<string, string> {
  const headers: Record<string, string> = {}
  for (const name of Object.keys(metadata.getMap())) {
    const values = metadata.get(name)
    headers[name] = values.map((value) => (typeof value === 'string' ? value : value.toString('base64'))).join(', ')
  }
  return headers
}
