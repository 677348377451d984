/** Programs of others that these tests need. A missing one fails the test that needs it: skipped is not passed. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { PATIENCE_MS } from '../support/patience.ts'

/** Where daemons lie, beside what a user's PATH has. */
const PATH = `${process.env.PATH ?? ''}:/usr/sbin:/usr/local/sbin:/sbin`

/** What a program prints; throws when it is missing or fails. */
export function output(program: string, args: readonly string[], input?: string): string {
  return execFileSync(program, args, {
    encoding: 'utf8',
    env: { ...process.env, PATH },
    ...(input === undefined ? {} : { input }),
  })
}

/** A folder of the test's own. */
export class Folder {
  readonly path = mkdtempSync(join(tmpdir(), 'burn-integration-'))

  file(name: string): string {
    return join(this.path, name)
  }

  write(name: string, content: string | Uint8Array): string {
    mkdirSync(dirname(this.file(name)), { recursive: true })
    writeFileSync(this.file(name), content)
    return this.file(name)
  }

  has(name: string): boolean {
    return existsSync(this.file(name))
  }

  read(name: string): string {
    return readFileSync(this.file(name), 'utf8')
  }

  remove(): void {
    rmSync(this.path, { recursive: true, force: true })
  }
}

/** A program in the foreground; `stop` ends it and waits until it is gone. */
export function start(
  program: string,
  args: readonly string[],
): { child: ChildProcess; said: () => string; stop(): Promise<void> } {
  const child = spawn(program, args, { env: { ...process.env, PATH }, stdio: ['ignore', 'pipe', 'pipe'] })
  let said = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      said += text
    })
  }
  const gone = new Promise<void>((resolve) => {
    child.once('close', () => resolve())
    child.once('error', (error) => {
      said += error.message
      resolve()
    })
  })
  return {
    child,
    said: () => said,
    async stop() {
      child.kill('SIGTERM')
      await gone
    },
  }
}

/** Polls until it holds. */
export async function eventually(holds: () => boolean | Promise<boolean>, what: () => string): Promise<void> {
  const until = performance.now() + PATIENCE_MS
  while (!(await holds())) {
    if (performance.now() > until) throw new Error(`never happened: ${what()}`)
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}
