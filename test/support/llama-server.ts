/**
 * A real llama.cpp, with a tiny model of random weights, behind the API of OpenAI: `node test/support/llama-server.ts` prints its address and serves until it is
 * ended. It answers as llama.cpp's own server does, with `timings`, and tells of itself at /metrics. Two requests at a time are worked on, the others wait in llama.cpp.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { tinyModel } from './gguf.ts'

/** Where `.ci/run` installs the package: it is too large for a dependency, with those of all graphics cards. */
const PLACE = join(import.meta.dirname, '..', '..', 'node_modules', '.cache', 'llama', 'package.json')
const SLOTS = 2
const DEFAULT_TOKENS = 24

interface Timings {
  readonly cache_n: number
  readonly prompt_n: number
  readonly prompt_ms: number
  readonly predicted_n: number
  readonly predicted_ms: number
}

interface Completion {
  readonly text: string
  readonly stopped_limit: boolean
  readonly timings: Timings
}

/** The part of the package's context that is used; its work is done on threads of its own. */
interface Context {
  readonly parallel: {
    enable(settings: { readonly n_parallel: number; readonly n_batch: number }): Promise<boolean>
    completion(
      options: Readonly<Record<string, unknown>>,
      onToken: (id: number, piece: { readonly token: string }) => void,
    ): Promise<{ readonly promise: Promise<Completion>; readonly stop: () => void }>
  }
}

interface Asked {
  readonly messages?: readonly { readonly role: string; readonly content: string }[]
  readonly stream?: boolean
  readonly max_tokens?: number
  readonly max_completion_tokens?: number
  readonly temperature?: number
  readonly seed?: number
}

/** What has been counted since the start. */
const counted = { processing: 0, promptTokens: 0, tokens: 0, promptMs: 0, tokensMs: 0 }

function metrics(): string {
  const lines = [
    ['gauge', 'requests_processing', counted.processing],
    ['counter', 'prompt_tokens_total', counted.promptTokens],
    ['counter', 'prompt_seconds_total', counted.promptMs / 1000],
    ['counter', 'tokens_predicted_total', counted.tokens],
    ['counter', 'tokens_predicted_seconds_total', counted.tokensMs / 1000],
  ]
  return lines.map(([type, name, value]) => `# TYPE llamacpp:${name} ${type}\nllamacpp:${name} ${value}\n`).join('')
}

function count({ timings }: Completion): void {
  counted.promptTokens += timings.cache_n + timings.prompt_n
  counted.tokens += timings.predicted_n
  counted.promptMs += timings.prompt_ms
  counted.tokensMs += timings.predicted_ms
}

async function loaded(): Promise<Context> {
  const { loadModel } = createRequire(PLACE)('@fugood/llama.node') as {
    loadModel(options: Readonly<Record<string, unknown>>): Promise<Context>
  }
  const folder = mkdtempSync(join(tmpdir(), 'burn-llama-'))
  const model = join(folder, 'tiny.gguf')
  writeFileSync(model, tinyModel())
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }))
  const context = await loadModel({ model, n_ctx: 4096, n_threads: 1, n_gpu_layers: 0, n_parallel: SLOTS })
  await context.parallel.enable({ n_parallel: SLOTS, n_batch: 512 })
  return context
}

async function bodyOf(request: IncomingMessage): Promise<Asked> {
  const chunks: Buffer[] = []
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk)
  return JSON.parse(Buffer.concat(chunks).toString('utf8')) as Asked
}

async function chat(context: Context, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { messages = [], stream = false, seed = 0, temperature = 0.8, ...limits } = await bodyOf(request)
  const limit = limits.max_completion_tokens ?? limits.max_tokens ?? DEFAULT_TOKENS
  const prompt = messages.map(({ role, content }) => `${role}: ${content}\n`).join('')
  const common = { id: 'chatcmpl-1', object: stream ? 'chat.completion.chunk' : 'chat.completion', model: 'tiny' }
  const send = (event: object) => response.write(`data: ${JSON.stringify({ ...common, ...event })}\n\n`)
  if (stream) response.writeHead(200, { 'content-type': 'text/event-stream' }).flushHeaders()
  const options = { prompt, n_predict: limit, temperature, seed, ignore_eos: true }
  const { promise, stop } = await context.parallel.completion(options, (_id, { token }) => {
    if (stream) send({ choices: [{ index: 0, delta: { content: token }, finish_reason: null }] })
  })
  response.once('close', () => {
    if (!response.writableFinished) stop()
  })
  const done = await promise
  count(done)
  const { timings, text } = done
  const [input, output] = [timings.cache_n + timings.prompt_n, timings.predicted_n]
  const usage = { prompt_tokens: input, completion_tokens: output, total_tokens: input + output }
  const finish = done.stopped_limit ? 'length' : 'stop'
  if (stream) {
    send({ choices: [{ index: 0, delta: {}, finish_reason: finish }] })
    send({ choices: [], usage, timings })
    response.end('data: [DONE]\n\n')
    return
  }
  const choices = [{ index: 0, message: { role: 'assistant', content: text }, finish_reason: finish }]
  response.setHeader('content-type', 'application/json')
  response.end(JSON.stringify({ ...common, choices, usage, timings }))
}

const context = await loaded()
const server = createServer(async (request, response) => {
  if (request.url === '/metrics') response.setHeader('content-type', 'text/plain; version=0.0.4').end(metrics())
  else if (request.method !== 'POST' || request.url !== '/v1/chat/completions') response.writeHead(404).end()
  else {
    counted.processing += 1
    await chat(context, request, response).catch((error: unknown) => response.destroy(error instanceof Error ? error : undefined))
    counted.processing -= 1
  }
})
server.listen(0, '127.0.0.1', () => {
  const address = server.address()
  if (typeof address === 'object' && address) process.stdout.write(`\nllama.cpp at http://127.0.0.1:${address.port}\n`)
})
for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.once(signal, () => process.exit())
// Whoever started it is gone.
process.stdin.resume().once('end', () => process.exit())
