/** The built command as a child process, or its function in this one, in a folder and an environment of its own. Whatever a test leaves running or lying about is removed. */
import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { vi } from 'vitest'
import { main } from '../../src/cli/main.ts'
import type { MockOverrides } from '../../src/mock/persona/settings.ts'
import { startMock } from '../../src/mock/server.ts'
import type { Result } from '../../src/result/schema.ts'
import { afterEveryTest } from '../support/leftovers.ts'
import { PATIENCE_MS, POLL_MS } from '../support/patience.ts'
import { whole } from '../support/whole.ts'

export const ROOT = join(import.meta.dirname, '..', '..')
export const BIN = join(ROOT, 'bin', 'burn.js')
/** A command that takes longer hangs, on however busy a machine. */
const LIMIT_MS = 100_000

export interface Finished {
  /** Exit code; that of a shell (128 + n) when a signal ended the process. */
  readonly code: number
  readonly stdout: string
  readonly stderr: string
  readonly ms: number
}

export interface BurnOptions {
  readonly env?: Readonly<Record<string, string>>
  readonly stdin?: string
  /** Arguments of Node itself, such as `--import`. */
  readonly node?: readonly string[]
  /** Another program in place of this Node. */
  readonly program?: string
  /** After how many ms the process is ended, if it does not end by itself. */
  readonly limitMs?: number
}

export interface Running {
  readonly process: ChildProcess
  readonly finished: Promise<Finished>
  /** Resolves when what was printed so far passes; rejects when the process ends first. */
  until(seen: (output: { stdout: string; stderr: string }) => boolean): Promise<void>
  kill(signal: NodeJS.Signals): void
}

const SIGNAL_CODES: Record<string, number> = { SIGINT: 130, SIGTERM: 143, SIGKILL: 137, SIGPIPE: 141, SIGHUP: 129 }

const children = new Set<ChildProcess>()
const folders = new Set<string>()
/** The last call of a command in this process: all share its folder and its variables. */
let calls: Promise<unknown> = Promise.resolve()
const mocks = new Set<{ close(): Promise<void> }>()

afterEveryTest(async () => {
  const ended = [...children].map((child) => new Promise((resolve) => child.once('close', resolve)))
  for (const child of children) child.kill('SIGKILL')
  await Promise.all(ended)
  for (const mock of mocks) await mock.close()
  mocks.clear()
  for (const folder of folders) rmSync(folder, { recursive: true, force: true })
  folders.clear()
})

/** A mock of the test's own, gone when the test is. */
export async function mockFor(settings: MockOverrides = {}) {
  const mock = await startMock({ firstTokenMs: 2, gapMs: 0, tokens: 3, ...settings })
  mocks.add(mock)
  return mock
}

/** Something to close when the test is over. */
export function closeAfter(closable: { close(): Promise<void> }): void {
  mocks.add(closable)
}

export class Home {
  readonly path = mkdtempSync(join(tmpdir(), 'burn-cli-'))

  constructor() {
    folders.add(this.path)
  }

  file(name: string): string {
    return join(this.path, name)
  }

  /** Writes a file, a value as JSON; returns its name. */
  write(name: string, content: unknown): string {
    mkdirSync(dirname(this.file(name)), { recursive: true })
    writeFileSync(this.file(name), typeof content === 'string' ? content : JSON.stringify(content))
    return name
  }

  /** Makes a folder; returns its name. */
  folder(name: string): string {
    mkdirSync(this.file(name))
    return name
  }

  read(name: string): string {
    return readFileSync(this.file(name), 'utf8')
  }

  /** All files, with their paths from here. */
  files(): string[] {
    return readdirSync(this.path, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name).slice(this.path.length + 1))
      .sort()
  }

  result(folder = 'out'): Result {
    return whole(JSON.parse(this.read(join(folder, 'result.json'))))
  }

  start(args: readonly string[], options: BurnOptions = {}): Running {
    const { program = process.execPath, node = [], env = {} } = options
    const child = spawn(program, [...node, BIN, ...args], { cwd: this.path, env: cleanEnv(this.path, env) })
    return watch(child, options.stdin, options.limitMs)
  }

  burn(args: readonly string[], options: BurnOptions = {}): Promise<Finished> {
    return this.start(args, options).finished
  }

  /**
   * The same without a process of its own, a dozen times as fast: for what the command does and says, not for how it starts, reads its
   * input, takes a signal or ends. One at a time, in the order of the calls.
   */
  call(args: readonly string[], options: Pick<BurnOptions, 'env'> = {}): Promise<Finished> {
    const finished = calls.then(() => this.callNow(args, options))
    calls = finished.catch(() => {})
    return finished
  }

  private async callNow(args: readonly string[], { env = {} }: Pick<BurnOptions, 'env'>): Promise<Finished> {
    const { execArgv, argv } = process
    const before = { folder: process.cwd(), env: { ...process.env }, at: performance.now() }
    const said = { stdout: '', stderr: '' }
    const spies = (['stdout', 'stderr'] as const).map((name) =>
      vi.spyOn(process[name], 'write').mockImplementation((piece, ...rest) => {
        said[name] += typeof piece === 'string' ? piece : Buffer.from(piece).toString()
        for (const done of rest) if (typeof done === 'function') done()
        return true
      }),
    )
    process.chdir(this.path)
    becomeEnv(cleanEnv(this.path, env))
    // What the command starts of itself, such as workers, is the built command too, without the arguments that Vitest gave to this process.
    const sizes = execArgv.filter((argument) => argument.includes('semi-space'))
    Object.assign(process, { execArgv: sizes, argv: [process.execPath, BIN, ...args] })
    try {
      return { code: await main(['node', 'burn', ...args]), ...said, ms: performance.now() - before.at }
    } finally {
      Object.assign(process, { execArgv, argv })
      becomeEnv(before.env)
      process.chdir(before.folder)
      for (const spy of spies) spy.mockRestore()
    }
  }

  /** A line of shell; `$BURN` starts the command. */
  shell(line: string, env: Readonly<Record<string, string>> = {}): Promise<Finished> {
    const variables = cleanEnv(this.path, { BURN: `${process.execPath} ${BIN}`, ...env })
    return watch(spawn('bash', ['-c', line], { cwd: this.path, env: variables })).finished
  }
}

function cleanEnv(home: string, own: Readonly<Record<string, string>>): Record<string, string> {
  return { PATH: process.env.PATH ?? '', HOME: home, LANG: 'C.UTF-8', ...own }
}

function becomeEnv(env: Readonly<NodeJS.ProcessEnv>): void {
  for (const name of Object.keys(process.env)) if (!(name in env)) delete process.env[name]
  Object.assign(process.env, env)
}

function watch(child: ChildProcess, stdin?: string, limitMs = LIMIT_MS): Running {
  const seen = { stdout: '', stderr: '' }
  const startedAt = performance.now()
  children.add(child)
  const limit = setTimeout(() => child.kill('SIGKILL'), limitMs)
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    seen.stdout += text
    child.emit('seen')
  })
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    seen.stderr += text
    child.emit('seen')
  })
  child.stdin?.on('error', () => {})
  child.stdin?.end(stdin ?? '')
  const finished = new Promise<Finished>((resolve) => {
    child.once('close', (code, signal) => {
      clearTimeout(limit)
      children.delete(child)
      resolve({ code: code ?? SIGNAL_CODES[signal ?? ''] ?? -1, ...seen, ms: performance.now() - startedAt })
    })
  })
  const until = (test: (output: typeof seen) => boolean) =>
    new Promise<void>((resolve, reject) => {
      const look = () => {
        if (!test(seen)) return
        child.off('seen', look)
        resolve()
      }
      child.on('seen', look)
      child.once('close', () => reject(new Error(`ended first: ${seen.stdout}${seen.stderr}`)))
      look()
    })
  return { process: child, finished, until, kill: (signal) => child.kill(signal) }
}

/** The ids of the processes that a command has started, by what the system says. */
export function childrenOf({ process: { pid } }: Running): number[] {
  const path = `/proc/${pid}/task/${pid}/children`
  return existsSync(path) ? readFileSync(path, 'utf8').trim().split(' ').filter(Boolean).map(Number) : []
}

/** Polls until it holds, as long as `vi.waitFor` does in these tests. */
export async function eventually(holds: () => boolean | Promise<boolean>, what: string): Promise<void> {
  const until = performance.now() + PATIENCE_MS
  while (!(await holds())) {
    if (performance.now() > until) throw new Error(`never happened: ${what}`)
    await new Promise((resolve) => setTimeout(resolve, POLL_MS))
  }
}

/** A chat scenario for the address, with what the test needs of its own. */
export function chat(url: string, own: Readonly<Record<string, unknown>> = {}, target: Readonly<Record<string, unknown>> = {}) {
  const path = url === 'mock:' || url.split('/').length > 3 ? '' : '/v1/chat/completions'
  return {
    name: 'cli test',
    target: { preset: 'openai-chat', url: `${url}${path}`, model: 'demo', ...target },
    load: [{ iterations: 5, users: 1 }],
    steps: [{ message: 'Hello', name: 'hello' }],
    ...own,
  }
}

/** Folder `out`, and no verdict on how busy the machine is that runs the tests. */
export const OUT = ['--out', 'out', '--allow-lag', '60s'] as const

/** The parts of a target that posts messages to the mock, and reads the replies on a stream that its user subscribes to. */
export const SUBSCRIBED = {
  protocol: 'sse',
  query: { user: '{{user.id}}' },
  request: { structure: { message: '{{message}}', user: '{{user.id}}' } },
  response: { delta: '$.text', end: { event: 'done' } },
  sse: {
    mode: 'subscribe',
    subscribe: { path: '/sse/events', events: ['message', 'done'], correlate: { send: '$.id', receive: '$.id' } },
  },
}
