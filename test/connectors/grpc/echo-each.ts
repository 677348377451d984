/** An echo server of gRPC for each test of a file. */
import { afterEach, beforeEach } from 'vitest'
import { ECHO, echoServer } from '../../servers/grpc-echo.ts'
import { type GrpcTestServer, protoFile } from '../../servers/grpc-server.ts'
import { closeLines } from '../grpc-harness.ts'

/** The options of a target that is the echo server. */
export const echo = { proto: protoFile('echo.proto'), service: ECHO }

/** Starts a server before each test of the file, and stops it after, with the connections of the test; `take` gets the server. */
export function echoForEach(take: (server: GrpcTestServer) => void): void {
  let server: GrpcTestServer
  beforeEach(async () => {
    server = await echoServer()
    take(server)
  })
  afterEach(async () => {
    await closeLines()
    await server.stop()
  })
}
