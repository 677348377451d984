/** Starts a Mosquitto of our own on the loopback, with its files in a temporary folder. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { deadPort } from '../support/own-port.ts'

export interface Mosquitto {
  readonly url: string
  readonly wsUrl: string
  start(): Promise<void>
  /** SIGKILL: no goodbye to anybody. */
  kill(): Promise<void>
  /** Kills it and removes its folder. */
  remove(): Promise<void>
}

async function reachable(port: number): Promise<void> {
  for (;;) {
    const socket = connect(port, '127.0.0.1')
    const ok = await Promise.race([once(socket, 'connect').then(() => true), once(socket, 'error').then(() => false)]).catch(
      () => false,
    )
    socket.on('error', () => {}).destroy()
    if (ok) return
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}

/** `login` lets in only ann, who may write to open/# and read everything. */
export async function mosquitto({ login }: { login?: string } = {}): Promise<Mosquitto> {
  const folder = mkdtempSync(join(tmpdir(), 'burn-mosquitto-'))
  const [port, webPort] = [await deadPort(), await deadPort()]
  const lines = [`user ${process.env.USER ?? 'root'}`, 'persistence false', 'max_inflight_messages 0', 'set_tcp_nodelay true']
  lines.push(`listener ${port} 127.0.0.1`, `listener ${webPort} 127.0.0.1`, 'protocol websockets')
  if (login === undefined) lines.push('allow_anonymous true')
  else {
    execFileSync('mosquitto_passwd', ['-c', '-b', join(folder, 'passwords'), 'ann', login])
    writeFileSync(join(folder, 'acl'), 'user ann\ntopic read #\ntopic write open/#\n', { mode: 0o600 })
    lines.push('allow_anonymous false', `password_file ${join(folder, 'passwords')}`, `acl_file ${join(folder, 'acl')}`)
  }
  writeFileSync(join(folder, 'mosquitto.conf'), `${lines.join('\n')}\n`)
  let child: ChildProcess | undefined
  const kill = async () => {
    const running = child
    child = undefined
    if (!running || running.exitCode !== null) return
    running.kill('SIGKILL')
    await once(running, 'exit')
  }
  return {
    url: `mqtt://127.0.0.1:${port}`,
    wsUrl: `ws://127.0.0.1:${webPort}/mqtt`,
    async start() {
      child = spawn('mosquitto', ['-c', join(folder, 'mosquitto.conf')], { stdio: 'ignore' })
      const failed = once(child, 'exit').then(([code]) => Promise.reject(new Error(`mosquitto ended with ${code}`)))
      failed.catch(() => {})
      await Promise.race([reachable(port), failed])
    },
    kill,
    async remove() {
      await kill()
      rmSync(folder, { recursive: true })
    },
  }
}
