/** Starts a real llama.cpp once for all integration tests; those that want it take `inject('llama')`. */
import { spawn } from 'node:child_process'
import { join } from 'node:path'
import type { TestProject } from 'vitest/node'

declare module 'vitest' {
  interface ProvidedContext {
    /** Address of a chat server with the API of OpenAI, such as http://127.0.0.1:1234; or why there is none. */
    llama: { readonly url: string } | { readonly missing: string }
  }
}

/** The global setup of vitest. Without the package the tests that need it fail, and the others run. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const server = spawn(process.execPath, [join(import.meta.dirname, '..', 'support', 'llama-server.ts')], {
    stdio: ['pipe', 'pipe', 'pipe'],
  })
  let output = ''
  let report = (): void => {}
  const gone = new Promise<void>((resolve) => server.once('close', () => resolve()))
  const url = await new Promise<string | undefined>((resolve) => {
    report = () => {
      const found = /llama\.cpp at (http:\S+)\n/.exec(output)?.[1]
      if (found !== undefined) resolve(found)
    }
    void gone.then(() => resolve(undefined))
    // The library writes of its work for as long as it works: only the beginning is kept.
    for (const stream of [server.stdout, server.stderr])
      stream.setEncoding('utf8').on('data', (text: string) => {
        if (output.length < 100_000) output += text
        report()
      })
  })
  project.provide('llama', url === undefined ? { missing: output.slice(-2000) } : { url })
  return async () => {
    server.kill('SIGTERM')
    await gone
  }
}
