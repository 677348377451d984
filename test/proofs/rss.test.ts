/** A reply that nobody looks into is not held: memory stays flat while a gigabyte of it comes in. */
import { execFile } from 'node:child_process'
import { once } from 'node:events'
import type { Socket } from 'node:net'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { faulty } from '../engine/targets.ts'

const MIB = 1024 * 1024
const USERS = 10
const TOTAL_BYTES = 1024 * MIB
const EVENT = Buffer.from(`data: {"text":"${'x'.repeat(1024 - 19)}"}\n\n`)
const BLOCK = Buffer.concat(Array.from({ length: 256 }, () => EVENT))
const BLOCKS = Math.ceil(TOTAL_BYTES / USERS / BLOCK.length)
/** The program itself, its garbage and the sockets' buffers; held texts would take gigabytes. */
const ALLOWED_BYTES = 640 * MIB

async function flood(socket: Socket): Promise<void> {
  const end = Buffer.from('data: [DONE]\n\n')
  const length = BLOCKS * BLOCK.length + end.length
  socket.write(`HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ncontent-length: ${length}\r\n\r\n`)
  for (let n = 0; n < BLOCKS && !socket.destroyed; n += 1) if (!socket.write(BLOCK)) await once(socket, 'drain')
  socket.write(end)
}

test('a gigabyte of replies for ten users at once', { timeout: 120_000 }, async () => {
  const { url } = await faulty({ '/chat': (socket) => void flood(socket).catch(() => {}) })
  const script = join(import.meta.dirname, 'rss-process.ts')
  const { stdout } = await promisify(execFile)(process.execPath, [script, `${url}/chat`])
  const { ok, failed, received, maxRssBytes } = JSON.parse(stdout) as Record<'ok' | 'failed' | 'received' | 'maxRssBytes', number>
  expect({ ok, failed }).toEqual({ ok: USERS, failed: 0 })
  expect(received).toBeGreaterThanOrEqual(TOTAL_BYTES)
  expect(maxRssBytes).toBeLessThan(ALLOWED_BYTES)
})
