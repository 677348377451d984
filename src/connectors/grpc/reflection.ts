/** Gets protos from the server itself, by reflection v1, or v1alpha where there is no v1. */
import * as z from 'zod'
import { type Invocation, InvokeError, invoke } from './invoke.ts'
import { bundledProtos, findMessage, findMethod, fromDescriptors, type Protos, UnknownMethod } from './messages/protos.ts'

const VERSIONS = ['v1', 'v1alpha'] as const
/** The largest number of files that one reflection may read, for servers that name ever more files. */
const MAX_FILES = 1000

type Base = Pick<Invocation, 'link' | 'deadlineMs' | 'metadata'>
type ReflectionQuery = { file_containing_symbol: string } | { file_by_filename: string }

const answer = z.object({
  file_descriptor_response: z.object({ file_descriptor_proto: z.array(z.string()) }).optional(),
  error_response: z.object({ error_code: z.number(), error_message: z.string() }).optional(),
})
const head = z.object({ name: z.string(), dependency: z.array(z.string()) })

/**
 * Asks a gRPC server, by reflection, for the .proto files that define a service, with their imports. Returns what the files define.
 * @throws UnknownMethod when the server has no reflection or does not know the service; InvokeError when the call fails
 */
export async function reflect(base: Base, service: string): Promise<Protos> {
  for (const version of VERSIONS) {
    try {
      return await describe(base, version, service)
    } catch (error) {
      if (!(error instanceof InvokeError && error.failure.class === 'grpc_UNIMPLEMENTED')) throw error
    }
  }
  throw new UnknownMethod('the server offers no reflection: name the .proto file with grpc.proto')
}

async function describe(base: Base, version: string, service: string): Promise<Protos> {
  const files = new Map<string, Buffer>()
  const queue: ReflectionQuery[] = [{ file_containing_symbol: service }]
  for (let question = queue.shift(); question; question = queue.shift()) {
    if ('file_by_filename' in question && files.has(question.file_by_filename)) continue
    // one after the other, because each file names the next ones
    const imports = await readFiles(base, version, question, files)
    queue.push(...imports.map((name) => ({ file_by_filename: name })))
    if (files.size > MAX_FILES) throw new UnknownMethod(`reflection named more than ${MAX_FILES} files for ${service}`)
  }
  return fromDescriptors(Buffer.concat([...files.values()].map(asField)))
}

/** Asks the server for .proto files and adds them to `files`; returns the names of imports that are still missing. */
async function readFiles(base: Base, version: string, question: ReflectionQuery, files: Map<string, Buffer>): Promise<string[]> {
  const protos = bundledProtos()
  const method = findMethod(protos, `grpc.reflection.${version}.ServerReflection`, 'ServerReflectionInfo')
  const [reply] = await invoke({ ...base, method, message: question })
  const { file_descriptor_response: found, error_response: error } = answer.parse(reply ?? {})
  if (!found) throw new UnknownMethod(`the server's reflection does not know it: ${error?.error_message ?? 'no answer'}`)
  const missing: string[] = []
  for (const text of found.file_descriptor_proto) {
    const bytes = Buffer.from(text, 'base64')
    const { name, dependency } = readHead(bytes)
    files.set(name, bytes)
    missing.push(...dependency)
  }
  return missing.filter((name) => !files.has(name))
}

function readHead(bytes: Buffer): z.infer<typeof head> {
  const type = findMessage(bundledProtos(), 'grpc.reflection.v1.FileHead')
  return head.parse(type.toObject(type.decode(bytes), { defaults: true }))
}

/** Encodes a file as field 1 of a FileDescriptorSet (tag, length, bytes), so that several of them joined are a set. */
function asField(bytes: Buffer): Buffer {
  const length: number[] = []
  let rest = bytes.length
  for (; rest > 0x7f; rest = Math.floor(rest / 128)) length.push((rest % 128) + 128)
  return Buffer.concat([Buffer.from([0x0a, ...length, rest]), bytes])
}
