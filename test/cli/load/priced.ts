/** Runs with prices. */
import { chat, Home, mockFor, OUT } from '../harness.ts'

export async function run(files: Readonly<Record<string, unknown>>, own: Readonly<Record<string, unknown>>, ...flags: string[]) {
  const home = new Home()
  const mock = await mockFor()
  const target = { url: `${mock.url}/v1/chat/completions`, preset: 'openai-chat', ...own }
  home.write('s.json', chat(mock.url, { target, load: [{ iterations: 2, users: 1 }] }))
  for (const [name, content] of Object.entries(files)) home.write(name, content)
  const finished = await home.call(['run', 's.json', ...OUT, ...flags])
  return { home, ...finished }
}
