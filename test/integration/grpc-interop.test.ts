/** The interoperability cases against a server of another make, Debian's python3-grpcio. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { interopCases } from '../connectors/grpc-interop-cases.ts'
import { serviceOf } from '../servers/grpc-server.ts'

/** The .proto file as descriptors, so that Python need not compile it. */
function descriptors(): string[] {
  const { UnaryCall } = serviceOf('interop.proto', 'grpc.testing.TestService')
  if (!UnaryCall) throw new Error('the service has a UnaryCall')
  return UnaryCall.responseType.fileDescriptorProtos.map((bytes) => bytes.toString('base64'))
}

interopCases('python3-grpcio', async () => {
  // The system's own Python: only it finds Debian's modules.
  const child = spawn('/usr/bin/python3', [join(import.meta.dirname, '../servers/grpc-python-interop.py')], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  const failed = once(child, 'exit').then(() => {
    throw new Error('the server did not start: is python3-grpcio installed?')
  })
  child.stdin.write(`${JSON.stringify(descriptors())}\n`)
  const said = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  const first = await Promise.race([said.next(), failed])
  failed.catch(() => {})
  return {
    url: `grpc://127.0.0.1:${first.value}`,
    async counts() {
      child.stdin.write('\n')
      return JSON.parse(String((await said.next()).value)) as { calls: number; cancelled: number }
    },
    async stop() {
      child.kill()
      await once(child, 'exit')
    },
  }
})
