/** Runs in virtual time with hooks of plugins. */
import { after } from '../../../../src/clock.ts'
import { hooksIn, registerHooks } from '../../../../src/hooks/hooks.ts'
import type { RunInput } from '../../../support/run.ts'
import { MemoryTarget, runVirtual } from '../../../support/virtual.ts'

export type Shown = Record<string, unknown> & {
  headers: Record<string, unknown>
  body: unknown
  request: Record<string, unknown>
  reply: { text: string; status: number; json: unknown }
  fail: (reason?: unknown) => void
  capture: (name: string, value: unknown) => void
}

export const plugin = (name: string, hooks: Record<string, number | ((about: Shown) => unknown)>) =>
  registerHooks(hooksIn(hooks, name), name, true)

export const sleep = (ms: number) => new Promise<void>((resolve) => after(ms, resolve))

/** Answers with `{"n": …}` after 10 ms, `/broken` with 503. */
export const target = () =>
  new MemoryTarget({
    reply: ({ path }, n) => ({ headMs: 10, status: path === '/broken' ? 503 : 200, pieces: [[0, JSON.stringify({ n })]] }),
  })

export const GET = { name: 'get', request: { path: '/x', json: { a: 1 } } }

export async function run(to: MemoryTarget, more: object = {}) {
  const scenario = { name: 'hooks', target: { url: to.url }, load: [{ users: 1, iterations: 1 }], steps: [GET], ...more }
  return runVirtual(scenario as unknown as RunInput)
}
